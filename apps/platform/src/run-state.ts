// What runs right now, as a file in .data/run: so that a second start, `npm run status` and the others find it.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isSameProcess } from '@trafficflux/embedded-postgres';
import { Problem } from './problem.ts';

export interface RunningService {
  readonly name: string;
  readonly url: string;
  readonly docs?: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface RunState {
  readonly pid: number;
  /** Process id and start time: tells whether it still is that process. */
  readonly identity: string;
  readonly startedAt: number;
  /** The embedded PostgreSQL, if it runs, with its password: hence mode 0600. */
  readonly postgresUrl: string | null;
  readonly services: readonly RunningService[];
}

/** The state of the platform that runs on this folder, or undefined when none does. */
export function findRunState(dataDir: string): RunState | undefined {
  const state = readState(dataDir);
  return state !== undefined && isSameProcess(state.identity) ? state : undefined;
}

/** Claims the folder for this process; throws a sentence when a platform runs on it already. */
export function claimRun(dataDir: string): RunState {
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  const identity = identifyProcess(process.pid) ?? `${process.pid}:`;
  const state = { pid: process.pid, identity, startedAt: Date.now(), postgresUrl: null, services: [] };
  for (let tries = 0; !tryClaim(dataDir, state); tries++) {
    const running = findRunState(dataDir);
    if (running !== undefined || tries > 2) throw alreadyRunning(running);
    rmSync(stateFile(dataDir), { force: true });
  }
  return state;
}

export function updateRun(dataDir: string, state: RunState): void {
  renameSync(writeDraft(dataDir, state), stateFile(dataDir));
}

export function releaseRun(dataDir: string): void {
  rmSync(stateFile(dataDir), { force: true });
}

// A link appears with its content or not at all, and only one process can make it.
function tryClaim(dataDir: string, state: RunState): boolean {
  const draft = writeDraft(dataDir, state);
  try {
    linkSync(draft, stateFile(dataDir));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(dataDir: string, state: RunState): string {
  const draft = `${stateFile(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return draft;
}

function readState(dataDir: string): RunState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(dataDir), 'utf8'));
  } catch {
    return undefined;
  }
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'run', 'platform.json');
}

function alreadyRunning(state: RunState | undefined): Problem {
  const urls = state?.services.map(({ url }) => url).join(', ');
  const what = urls ? `already runs: ${urls}` : 'is already being started';
  const pid = state === undefined ? '' : ` (process ${state.pid})`;
  return new Problem(
    'already-running',
    `TrafficFlux ${what}${pid}. Stop it there with Ctrl-C, or see npm run status.`,
  );
}
