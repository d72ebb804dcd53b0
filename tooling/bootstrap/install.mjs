// Installs the workspace with the pinned pnpm, but only when the lockfile or a manifest changed since the last time.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { modulesFolder, root } from './paths.mjs';
import { findPnpm } from './pnpm.mjs';
import { Problem } from './problem.mjs';
import { explainInstall } from './problem-install.mjs';
import { run } from './processes.mjs';
import { createProgress } from './progress.mjs';
import { isStamped, stamp } from './stamp.mjs';

const stampFile = join(modulesFolder, '.installed');

export async function installWorkspace() {
  const sources = listSources();
  if (isStamped(stampFile, sources) && existsSync(join(modulesFolder, '.modules.yaml'))) return;
  rmSync(stampFile, { force: true });
  const pnpm = await findPnpm();
  const progress = createProgress('Installing');
  const said = [];
  const exitCode = await run([pnpm, 'install', '--frozen-lockfile', '--reporter=ndjson', '--prod=false'], {
    cwd: root,
    env: { CI: 'true' },
    onLine: (line) => readReport(line, progress, said),
  });
  progress.end();
  if (exitCode !== 0) throw new Problem(explainInstall('The workspace', said));
  stamp(stampFile, sources);
}

function listSources() {
  const rooms = ['apps', 'packages'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => join(room, name)),
  );
  const manifests = ['.', ...rooms, 'tooling', 'scenarios', 'bench'].map((folder) =>
    join(folder, 'package.json'),
  );
  const settings = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.npmrc'];
  return [...settings, ...manifests].map((file) => join(root, file));
}

/** pnpm reports each step of each package as a line of JSON; what is no JSON is meant for people. */
function readReport(line, progress, said) {
  const report = parse(line);
  if (report === undefined) said.push(line);
  else if (report.name === 'pnpm:progress') progress.count(report.status);
  else if (report.level === 'error') said.push(report.err?.message ?? report.message ?? line);
}

function parse(line) {
  try {
    return line.startsWith('{') ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}
