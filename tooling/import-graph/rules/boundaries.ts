// Which rooms may know each other at all, and by which door.
import { otherRoom } from '../resolve.ts';
import type { Project, ResolvedImport, Room, Violation } from '../types.ts';

export function checkBoundaries({ imports }: Project): Violation[] {
  return imports.flatMap((site) => {
    const sentence = findTrespass(site);
    return sentence ? [{ file: site.from.path, line: site.line, sentence }] : [];
  });
}

function findTrespass(site: ResolvedImport): string | undefined {
  const { target, specifier } = site;
  if (target.kind === 'alias') {
    return `imports '${specifier}': such an alias hides who imports whom; write the path or the package name.`;
  }
  if (target.kind === 'file' && !target.room) {
    return `imports '${specifier}', which lies in no package of the workspace.`;
  }
  const to = otherRoom(site);
  if (!to) return undefined;
  return findWrongRoom(site, to) ?? findWrongDoor(site, to);
}

function findWrongRoom({ from }: ResolvedImport, to: Room): string | undefined {
  if (to.kind === 'app') {
    return from.room.kind === 'app'
      ? `imports the app ${to.name}: apps never import apps (platform starts their main.ts as processes).`
      : `imports the app ${to.name}: nothing imports an app; what two rooms need is a package.`;
  }
  if (to.kind === 'side' && from.room.kind !== 'side' && !(from.isTest && to.name === 'tooling')) {
    return `imports ${to.name}: apps and packages import packages only, and their tests tooling besides.`;
  }
  return undefined;
}

function findWrongDoor({ target, specifier }: ResolvedImport, to: Room): string | undefined {
  if (target.kind === 'file') {
    return `reaches into ${to.folder} by the path '${specifier}': import ${to.packageName} by its name.`;
  }
  if (target.kind === 'room' && !to.exports.some((entry) => opens(entry, target.subpath))) {
    return `imports '${specifier}', past the exports of ${to.packageName} (${to.exports.join(', ')}).`;
  }
  return undefined;
}

function opens(entry: string, subpath: string): boolean {
  const [before = '', after] = entry.split('*');
  return after === undefined ? entry === subpath : subpath.startsWith(before) && subpath.endsWith(after);
}
