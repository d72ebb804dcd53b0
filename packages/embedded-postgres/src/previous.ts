// What an earlier start may have left in the data folder: a server that still runs, or the lock of one that does not.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { findCommandLine, identifyProcess, isSameProcess } from './process-identity.ts';
import { OWNER_SETTING, readLockFile } from './server.ts';

const STOP_LIMIT_MS = 10_000;

/** Ends a server whose owner is gone and removes a stale lock; throws a sentence if the owner is alive. */
export async function clearPreviousServer({ data }: Pick<Cluster, 'data'>): Promise<void> {
  const pid = Number(readLockFile(data)[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  if (!isServerOf(data, pid)) {
    // The number of a dead server may belong to another process today; PostgreSQL would take that one for itself.
    rmSync(join(data, 'postmaster.pid'), { force: true });
    return;
  }
  const owner = await findLivingOwner(data);
  if (owner !== undefined) {
    const message = `The PostgreSQL data in ${data} is already in use by process ${owner}.`;
    throw new EmbeddedPostgresError('already-running', message);
  }
  await endServer(pid);
}

function isServerOf(data: string, pid: number): boolean {
  const commandLine = findCommandLine(pid);
  if (commandLine === undefined) return process.platform === 'win32' && identifyProcess(pid) !== undefined;
  return commandLine.includes(data);
}

/** The process id of the owner, if it lives. A server that is just starting has not yet written its options. */
async function findLivingOwner(data: string): Promise<number | undefined> {
  for (let look = 0; look < 5; look++) {
    const owner = readOwner(data);
    if (owner !== undefined && isSameProcess(owner)) return Number.parseInt(owner, 10);
    await delay(100);
  }
  return undefined;
}

/** PostgreSQL keeps the command line of its last start in `postmaster.opts`. */
function readOwner(data: string): string | undefined {
  try {
    const options = readFileSync(join(data, 'postmaster.opts'), 'utf8');
    return new RegExp(`${OWNER_SETTING}=([^"\\s]+)`).exec(options)?.[1];
  } catch {
    return undefined;
  }
}

async function endServer(pid: number): Promise<void> {
  const deadline = performance.now() + STOP_LIMIT_MS;
  while (identifyProcess(pid) !== undefined) {
    if (performance.now() > deadline) {
      const message = `PostgreSQL of an earlier start (process ${pid}) does not end: kill it, then start again.`;
      throw new EmbeddedPostgresError('already-running', message);
    }
    sendSignal(pid, performance.now() > deadline - STOP_LIMIT_MS / 2 ? 'SIGQUIT' : 'SIGINT');
    await delay(50);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
