// A folder as a stranger has it: the examples of docs/examples, and the client installed beside them.
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(APP, '../../docs/examples');
const PACKAGES = ['@trafficflux/realtime-client', 'react', 'react-dom', '@types/react'];

export interface Workshop {
  readonly folder: string;
  /** Copies an example, and returns where it is then. */
  take(example: string): Promise<string>;
  write(name: string, text: string): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-clients-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of PACKAGES) {
    const place = join(folder, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(APP, 'node_modules', name), place);
  }
  return {
    folder,
    async take(example) {
      const place = join(folder, example);
      await copyFile(join(EXAMPLES, example), place);
      return place;
    },
    async write(name, text) {
      const place = join(folder, name);
      await writeFile(place, text);
      return place;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
