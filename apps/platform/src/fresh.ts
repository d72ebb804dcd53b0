// `npm start -- --fresh`: forgets all data, and touches nothing outside .data.
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import { postgresFolder } from './folders.ts';
import { Problem } from './problem.ts';

/** Deletes databases and secrets. The caller holds the run, so nobody is using them. */
export async function removeData(dataDir: string): Promise<void> {
  for (const folder of [dataDir, postgresFolder(dataDir), join(dataDir, 'secrets')]) {
    if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
      const message = `${folder} is a link to somewhere else, and --fresh deletes only inside .data: remove the link first.`;
      throw new Problem('unsafe-folder', message);
    }
  }
  await removeEmbeddedPostgres(postgresFolder(dataDir));
  rmSync(join(dataDir, 'secrets'), { recursive: true, force: true });
}
