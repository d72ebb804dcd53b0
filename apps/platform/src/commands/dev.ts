// `npm run dev -- SERVICE`: runs it, and starts it again when its sources or those of a package it imports change.
import { existsSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { listRooms } from '../rooms.ts';
import { start } from './start.ts';

// An editor writes a file in several steps, and a branch change writes many.
const SETTLE_MS = 100;

export async function dev(context: Context, names: readonly string[], isTerminal: boolean): Promise<number> {
  if (names.length === 0) {
    const known = context.services.map(({ name }) => name).join(', ');
    const message = `Say which service: npm run dev -- SERVICE. There is: ${known}.`;
    throw new Problem('unknown-name', message, { exitCode: 2 });
  }
  return await start(context, {
    names,
    fresh: false,
    isTerminal,
    onStarted: (services) => {
      for (const [name, service] of services) {
        watchSources(context, name, (file) => service.restart(`${file} changed`));
      }
    },
  });
}

/** Calls back with the file that changed, once per burst of changes, until the context ends. */
function watchSources(context: Context, service: string, onChange: (file: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  for (const folder of listSourceFolders(context.root, service)) {
    const watcher = watch(folder, { recursive: true, signal: context.ending }, (_event, name) => {
      if (name === null || !/\.(ts|json|prisma|sql)$/.test(name) || name.endsWith('.test.ts')) return;
      clearTimeout(timer);
      timer = setTimeout(() => onChange(relative(context.root, join(folder, name))), SETTLE_MS);
    });
    // A folder that is removed while we look at it has no more changes for us.
    watcher.on('error', () => watcher.close());
  }
}

/** The `src` folders of a service and of the workspace packages that it imports, directly or through others. */
export function listSourceFolders(root: string, service: string): string[] {
  return listRooms(root, service)
    .map((folder) => join(folder, 'src'))
    .filter((folder) => existsSync(folder));
}
