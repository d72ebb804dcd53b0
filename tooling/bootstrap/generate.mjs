// Generates the Prisma clients of the rooms whose schema changed since the last time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modulesFolder, root } from './paths.mjs';
import { findPnpm } from './pnpm.mjs';
import { Problem } from './problem.mjs';
import { run } from './processes.mjs';
import { isStamped, stamp } from './stamp.mjs';

export async function generateClients(node) {
  for (const floor of ['apps', 'packages']) {
    for (const room of readdirSync(join(root, floor))) {
      const folder = join(root, floor, room);
      const schema = join(folder, 'prisma', 'schema.prisma');
      if (existsSync(schema)) await generateClient(node, room, folder, schema);
    }
  }
}

async function generateClient(node, room, folder, schema) {
  const stampFile = join(modulesFolder, `.generated-${room}`);
  const sources = [schema, join(folder, 'package.json'), join(root, 'pnpm-lock.yaml')];
  const isGenerated = existsSync(join(folder, 'generated')) && isStamped(stampFile, sources);
  if (isGenerated || !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts?.generate)
    return;
  console.error(`Generating the database client of ${room} …`);
  const said = [];
  const exitCode = await run([await findPnpm(), '--dir', folder, 'run', 'generate'], {
    cwd: folder,
    path: [dirname(node)],
    env: { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', NO_COLOR: '1' },
    onLine: (line) => said.push(line),
  });
  if (exitCode !== 0)
    throw new Problem(`${said.join('\n')}\nThe database client of ${room} could not be generated.`);
  stamp(stampFile, sources);
}
