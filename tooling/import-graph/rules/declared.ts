// What a room imports stands in its package.json: pnpm links nothing else, and an image holds only `dependencies`.
import { otherRoom } from '../resolve.ts';
import type { Project, ResolvedImport, Violation, Workspace } from '../types.ts';

export function checkDeclared({ workspace, imports }: Project): Violation[] {
  return imports.flatMap((site) => {
    const name = importedPackage(site);
    if (name === undefined || isDeclared(workspace, site, name)) return [];
    const { room } = site.from;
    const sentence = room.forDevelopment.has(name)
      ? `source imports ${name}, which ${room.folder}/package.json has under devDependencies only.`
      : `imports ${name}, which ${room.folder}/package.json does not declare.`;
    return [{ file: site.from.path, line: site.line, sentence }];
  });
}

function importedPackage(site: ResolvedImport): string | undefined {
  if (site.target.kind === 'library') return site.target.name;
  return site.target.kind === 'room' ? otherRoom(site)?.packageName : undefined;
}

function isDeclared(
  { rootDependencies }: Workspace,
  { from, typeOnly }: ResolvedImport,
  name: string,
): boolean {
  const { room, isTest } = from;
  if (room.shipped.has(name)) return true;
  const runsNowhere = isTest || room.kind === 'side';
  if ((runsNowhere || typeOnly) && room.forDevelopment.has(name)) return true;
  return runsNowhere && rootDependencies.has(name);
}
