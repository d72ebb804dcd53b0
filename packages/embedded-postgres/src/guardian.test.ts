import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { identifyProcess } from './process-identity.ts';
import { startEmbeddedPostgres } from './start.ts';

let shelf: string;

beforeAll(() => {
  shelf = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  // As root, the server runs as another user, who must be able to pass.
  chmodSync(shelf, 0o711);
});
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

async function startInProcess(dataDir: string): Promise<{ starter: ChildProcess; server: number }> {
  const file = join(import.meta.dirname, '../test/starter.ts');
  const starter = spawn(process.execPath, [file, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(starter.stdout, 'data');
  return { starter, server: Number(String(line)) };
}

function findGuardians(server: number): number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,sess=,stat=,comm='], { encoding: 'utf8' });
  return processes
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, session, state, name]) => session === String(server) && name === 'sh' && !state?.startsWith('Z'),
    )
    .map(([pid]) => Number(pid));
}

async function waitUntilGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(identifyProcess(pid)).toBeUndefined(), { timeout: 10_000, interval: 20 });
}

it('ends the server, cleanly, when its starter is killed with SIGKILL', async () => {
  const dataDir = join(shelf, 'killed');
  const { starter, server } = await startInProcess(dataDir);
  const guardians = findGuardians(server);
  expect(guardians).toHaveLength(1);
  starter.kill('SIGKILL');
  await waitUntilGone(server);
  for (const guardian of guardians) await waitUntilGone(guardian);
  expect(existsSync(join(dataDir, 'cluster/data/postmaster.pid'))).toBe(false);
});

it('ends the orphan of an earlier start whose guardian was killed too, and starts on its data', async () => {
  const dataDir = join(shelf, 'orphan');
  const { starter, server } = await startInProcess(dataDir);
  for (const guardian of findGuardians(server)) process.kill(guardian, 'SIGKILL');
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  expect(identifyProcess(server)).toBeDefined();
  const postgres = await startEmbeddedPostgres({ dataDir });
  expect(identifyProcess(server)).toBeUndefined();
  await postgres.stop();
});

it('leaves no guardian behind after a stop', async () => {
  const postgres = await startEmbeddedPostgres({ dataDir: join(shelf, 'stopped') });
  expect(findGuardians(postgres.pid)).toHaveLength(1);
  await postgres.stop();
  expect(findGuardians(postgres.pid)).toEqual([]);
});

it('lets the server end by itself, and says so', async () => {
  const postgres = await startEmbeddedPostgres({ dataDir: join(shelf, 'crashed') });
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.exited;
  await postgres.stop();
  expect(findGuardians(postgres.pid)).toEqual([]);
});
