// The imports and the graph of docs/architecture.md say the same, edge for edge.
import { otherRoom } from '../resolve.ts';
import type { Edge, EdgeKind, Project, ResolvedImport, Violation } from '../types.ts';

const arrowOf: Readonly<Record<EdgeKind, string>> = { ships: '-->', tests: '-.->', starts: '==>' };

export function checkGraph(project: Project): Violation[] {
  const used = collectEdges(project.imports);
  return [
    ...project.architecture.violations,
    ...project.files.flatMap((file) =>
      file.syntaxErrors.map((message) => ({
        file: file.path,
        line: 1,
        sentence: `cannot be parsed: ${message}`,
      })),
    ),
    ...checkRooms(project),
    ...checkMissing(project, used),
    ...checkUnused(project, used),
    ...checkStarts(project),
  ];
}

interface UsedEdge {
  readonly kind: EdgeKind;
  readonly first: ResolvedImport;
}

/** One edge per pair of rooms; source wins over tests. */
function collectEdges(imports: readonly ResolvedImport[]): Map<string, UsedEdge> {
  const edges = new Map<string, UsedEdge>();
  for (const site of imports) {
    const to = otherRoom(site);
    if (!to) continue;
    const key = `${site.from.room.name} ${to.name}`;
    const kind = site.from.isTest ? 'tests' : 'ships';
    const known = edges.get(key);
    if (!known || (known.kind === 'tests' && kind === 'ships')) edges.set(key, { kind, first: site });
  }
  return edges;
}

function checkRooms({ workspace, architecture }: Project): Violation[] {
  const names = new Set(workspace.rooms.map((room) => room.name));
  const missing = workspace.rooms
    .filter((room) => !architecture.nodes.has(room.name))
    .map((room) => ({
      file: architecture.path,
      line: architecture.firstLine,
      sentence: `the graph does not show ${room.name} (${room.folder}): every package of the workspace stands in it.`,
    }));
  const invented = [...architecture.nodes]
    .filter(([name]) => !names.has(name))
    .map(([name, line]) => ({
      file: architecture.path,
      line,
      sentence: `the graph shows ${name}, which is no package of the workspace.`,
    }));
  return [...missing, ...invented];
}

function checkMissing({ architecture }: Project, used: ReadonlyMap<string, UsedEdge>): Violation[] {
  return [...used.values()].flatMap(({ kind, first }) => {
    const from = first.from.room.name;
    const to = otherRoom(first)?.name ?? '';
    const drawn = architecture.edges.filter((edge) => edge.from === from && edge.to === to);
    if (drawn.some((edge) => edge.kind === kind)) return [];
    const wanted = `${from} ${arrowOf[kind]} ${to}`;
    const place = { file: first.from.path, line: first.line };
    if (drawn.some((edge) => edge.kind === 'tests' && kind === 'ships')) {
      return [
        { ...place, sentence: `source imports ${to}, which the graph allows to tests only (${wanted}).` },
      ];
    }
    if (drawn.some((edge) => edge.kind === 'ships')) {
      return [{ ...place, sentence: `only tests import ${to}: the graph must draw it dotted (${wanted}).` }];
    }
    return [{ ...place, sentence: `imports ${to}, but ${architecture.path} has no edge ${wanted}.` }];
  });
}

function checkUnused({ architecture }: Project, used: ReadonlyMap<string, UsedEdge>): Violation[] {
  return architecture.edges
    .filter((edge) => edge.kind !== 'starts' && !used.has(`${edge.from} ${edge.to}`))
    .map((edge) => atEdge(architecture.path, edge, 'which no import uses: take it out.'));
}

/** A `==>` edge is the supervisor's list of services: the platform names each in a string and imports none. */
function checkStarts({ architecture, workspace, files }: Project): Violation[] {
  const apps = new Set(workspace.rooms.filter((room) => room.kind === 'app').map((room) => room.name));
  const supervisor = files.filter((file) => file.room.folder === 'apps/platform' && !file.isTest);
  return architecture.edges
    .filter((edge) => edge.kind === 'starts')
    .flatMap((edge) => {
      if (edge.from !== 'platform' || !apps.has(edge.to)) {
        return [atEdge(architecture.path, edge, 'but only platform starts processes, and only apps.')];
      }
      const isNamed = supervisor.some((file) => file.text.includes(`'${edge.to}'`));
      return isNamed
        ? []
        : [atEdge(architecture.path, edge, 'but no source of platform names that service.')];
    });
}

function atEdge(file: string, { from, to, kind, line }: Edge, rest: string): Violation {
  return { file, line, sentence: `the graph has the edge ${from} ${arrowOf[kind]} ${to}, ${rest}` };
}
