import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let root: string;
const scripts = new Set<ChildProcess>();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  cpSync(import.meta.dirname, join(root, 'tooling/bootstrap'), { recursive: true });
});
afterEach(() => {
  for (const script of scripts) script.kill('SIGKILL');
  scripts.clear();
  rmSync(root, { recursive: true, force: true });
});

/** Runs a line of script beside the bootstrap's own files. */
function runScript(script: string): ChildProcess {
  const file = join(root, 'tooling/bootstrap/script.mjs');
  writeFileSync(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  scripts.add(child);
  return child;
}

async function readAll(child: ChildProcess): Promise<string> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  await once(child, 'close');
  return said;
}

/** Whether a process of this id is there; of a negative id, whether one of that group is. */
function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

describe('a program of the bootstrap', () => {
  const RUN = `import { run } from './processes.mjs';
    process.exitCode = await run(['sh', '-c', PROGRAM], { cwd: '/' });`;

  it('passes its exit code on', async () => {
    const child = runScript(RUN.replace('PROGRAM', '"exit 7"'));
    await readAll(child);
    expect(child.exitCode).toBe(7);
  });

  it.runIf(process.platform === 'linux').each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'ends with its children when %s ends the bootstrap',
    async (signal) => {
      const child = runScript(RUN.replace('PROGRAM', () => '"sleep 600 & echo $$; wait"'));
      const [line] = await once(child.stdout ?? process.stdin, 'data');
      const group = Number(String(line));
      expect(isAlive(-group)).toBe(true);
      child.kill(signal);
      // The whole group: the program, its children, and the guardian beside them.
      await vi.waitFor(() => expect(isAlive(-group)).toBe(false), { timeout: 10_000, interval: 20 });
    },
  );
});

describe('the lock of the bootstrap', () => {
  const LOCKED = `import { holdLock } from './lock.mjs';
    import { appendFileSync } from 'node:fs';
    await holdLock(async () => {
      appendFileSync(FILE, 'in ');
      await new Promise((resolve) => setImmediate(resolve));
      appendFileSync(FILE, 'out ');
    });`;

  it('lets one in at a time, also past the lock of a process that was killed', async () => {
    const file = join(root, 'order');
    mkdirSync(join(root, '.data'));
    writeFileSync(join(root, '.data/setup.lock'), '999999999:1');
    const script = LOCKED.replaceAll('FILE', JSON.stringify(file));
    await Promise.all([1, 2, 3, 4].map(() => readAll(runScript(script))));
    expect(readFileSync(file, 'utf8')).toBe('in out in out in out in out ');
  });
});

describe('a Node that cannot start', () => {
  const explain = async (failure: object) => {
    const script = `import { explainFailure } from './node-program.mjs';
      console.log(explainFailure('/pinned/node', ${JSON.stringify(failure)}));`;
    return (await readAll(runScript(script))).trim();
  };

  it('is explained by the library that is missing', async () => {
    const stderr =
      'node: error while loading shared libraries: libatomic.so.1: cannot open shared object file';
    expect(await explain({ stderr })).toBe(
      'The pinned Node needs the library libatomic.so.1, which this system lacks: install it, or install Node 24 or newer from https://nodejs.org.',
    );
  });

  it('is explained by the version that is missing', async () => {
    const stderr = "node: /lib/libc.so.6: version `GLIBC_2.28' not found (required by node)";
    expect(await explain({ stderr })).toContain("needs GLIBC_2.28, which is newer than this system's");
  });
});

it('says in one sentence why an install failed', () => {
  const script = `import { explainInstall } from './problem-install.mjs';
    console.log(explainInstall('pnpm', ['npm error code ENOSPC']));
    console.log(explainInstall('pnpm', ['npm error code ECONNREFUSED']));`;
  writeFileSync(join(root, 'tooling/bootstrap/script.mjs'), script);
  const said = execFileSync(process.execPath, [join(root, 'tooling/bootstrap/script.mjs')], {
    encoding: 'utf8',
  });
  expect(said).toContain('pnpm could not be installed: the disk is full');
  expect(said).toContain('pnpm could not be installed: the package registry cannot be reached');
});
