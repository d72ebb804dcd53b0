// Says for each import what it reaches: a file of some room, a room by its package name, a library, or Node.
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { ResolvedImport, Room, SourceFile, Target, Workspace } from './types.ts';

export function resolveImports(workspace: Workspace, files: readonly SourceFile[]): ResolvedImport[] {
  return files.flatMap((from) =>
    from.imports.map((site) => ({ ...site, from, target: toTarget(workspace, from, site.specifier) })),
  );
}

function toTarget(workspace: Workspace, from: SourceFile, specifier: string): Target {
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    const path = posix.join(posix.dirname(from.path), specifier);
    return { kind: 'file', path, room: workspace.rooms.find((room) => path.startsWith(`${room.folder}/`)) };
  }
  if (specifier.startsWith('#')) return { kind: 'alias' };
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier };

  const name = toPackageName(specifier);
  const room = workspace.rooms.find(({ packageName }) => packageName === name);
  return room
    ? { kind: 'room', room, subpath: `.${specifier.slice(name.length)}` }
    : { kind: 'library', name };
}

function toPackageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The room that an import reaches, if it leaves its own. */
export function otherRoom({ from, target }: ResolvedImport): Room | undefined {
  if (target.kind !== 'file' && target.kind !== 'room') return undefined;
  return target.room === from.room ? undefined : target.room;
}
