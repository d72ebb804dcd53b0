// The commands behind the root's npm scripts: each needs an installed workspace, and the right Node to run in.
import { dirname, join } from 'node:path';
import { generateClients } from './generate.mjs';
import { installWorkspace } from './install.mjs';
import { holdLock } from './lock.mjs';
import { findNode } from './node-program.mjs';
import { binFolder, root } from './paths.mjs';
import { findPnpm } from './pnpm.mjs';
import { Problem } from './problem.mjs';
import { endWithParent, run, runPlatform } from './processes.mjs';

const TOOLS = {
  test: (args) => [['vitest', 'run', ...args]],
  check: () => [
    ['biome', 'ci', '.'],
    ['turbo', 'run', 'typecheck'],
    ['knip'],
    ['node', join('tooling', 'import-graph', 'main.ts')],
  ],
  chaos: (args) => [['node', join('tooling', 'chaos', 'main.ts'), ...args]],
  watch: (args) => [['node', join('tooling', 'watch-topics', 'main.ts'), ...args]],
  format: (args) => [['biome', 'check', '--write', ...(args.length > 0 ? args : ['.'])]],
};

/** Runs one command and ends this process with its exit code. */
export async function runCommand([command = 'start', ...args]) {
  endWithParent();
  try {
    const node = await prepare();
    process.exitCode = await hand(command, args, node);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.message !== '') console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/** Installs and generates what has changed since the last time; returns the Node to run in. */
async function prepare() {
  return await holdLock(async () => {
    await installWorkspace();
    const node = findNode();
    await generateClients(node);
    return node;
  });
}

async function hand(command, args, node) {
  if (command === 'setup') {
    console.log('Everything is installed. Start it with: npm start');
    return 0;
  }
  const steps = TOOLS[command]?.(args);
  if (steps === undefined) return await runPlatform(node, [command, ...args]);
  // turbo calls pnpm itself.
  const path = [dirname(node), binFolder, dirname(await findPnpm())];
  const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  for (const step of steps) {
    const exitCode = await run(step, { cwd: root, path, env });
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}
