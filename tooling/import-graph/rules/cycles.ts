// No file imports itself by way of others, and no room does: what is tied in a knot cannot be read or moved alone.
// Imports of types are erased, so between files they tie nothing; between rooms they count like any other.
import { otherRoom } from '../resolve.ts';
import type { Project, ResolvedImport, Violation } from '../types.ts';

interface Step {
  readonly from: string;
  readonly to: string;
  readonly site: ResolvedImport;
}

export function checkCycles({ imports }: Project): Violation[] {
  const shipped = imports.filter((site) => !site.from.isTest);
  return [
    ...findCycles(shipped.filter((site) => !site.typeOnly).flatMap(toFileStep)),
    ...findCycles(shipped.flatMap(toRoomStep)),
  ];
}

function toFileStep(site: ResolvedImport): Step[] {
  const { from, target } = site;
  if (target.kind !== 'file' || target.room !== from.room) return [];
  return [{ from: from.path, to: target.path, site }];
}

function toRoomStep(site: ResolvedImport): Step[] {
  const to = otherRoom(site);
  return to ? [{ from: site.from.room.name, to: to.name, site }] : [];
}

/** One violation per cycle that a walk in depth meets; none is reported twice. */
function findCycles(steps: readonly Step[]): Violation[] {
  const next = Map.groupBy(steps, (step) => step.from);
  const finished = new Set<string>();
  const path: string[] = [];
  const violations: Violation[] = [];
  for (const start of next.keys()) visit(start);
  return violations;

  function visit(node: string): void {
    if (finished.has(node)) return;
    path.push(node);
    for (const { to, site } of next.get(node) ?? []) {
      const begin = path.indexOf(to);
      if (begin >= 0) violations.push(toViolation([...path.slice(begin), to], site));
      else visit(to);
    }
    path.pop();
    finished.add(node);
  }
}

function toViolation(cycle: readonly string[], { from, line }: ResolvedImport): Violation {
  return { file: from.path, line, sentence: `closes an import cycle: ${cycle.join(' → ')}` };
}
