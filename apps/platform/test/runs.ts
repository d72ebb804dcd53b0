// Folders to start the platform in, a PostgreSQL that need not be made first, and what runs there.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { findRunState, type RunState } from '../src/run-state.ts';
import { type Running, runPlatform } from './run.ts';

/** What the platform says when all is up. */
export const READY = 'Ctrl-C stops everything';

export interface Runs {
  /** The folder of the current test. */
  readonly root: string;
  run(args: readonly string[], variables?: Record<string, string>): Running;
  /** Starts the platform, stops it when all is up, and returns what it has said. */
  startOnce(args: readonly string[], variables?: Record<string, string>): Promise<string>;
  /** Puts a PostgreSQL with the tiny services' databases into the folder until the test ends: making one takes seconds. */
  lendPostgres(): void;
  findState(): RunState;
  /** Every process that belongs to this run: the supervisor, its services, and its PostgreSQL. */
  listProcesses(): number[];
}

/** For each test of the file a folder of its own; after it, everything that runs there is ended. */
export function useRuns(): Runs {
  let shelf: string;
  let root: string;
  let running: Running[];

  beforeAll(async () => {
    shelf = makeFolder();
    const postgres = await startEmbeddedPostgres({ dataDir: join(shelf, 'postgres') });
    for (const name of ['tiny', 'first', 'second']) await postgres.createDatabase(name);
    await postgres.stop();
  });
  afterAll(() => rmSync(shelf, { recursive: true, force: true }));
  beforeEach(() => {
    root = makeFolder();
    running = [];
  });
  afterEach(async () => {
    for (const { child, exit } of running) {
      child.kill('SIGTERM');
      await exit;
    }
    if (!existsSync(join(shelf, 'postgres')))
      renameSync(join(root, '.data/postgres'), join(shelf, 'postgres'));
    rmSync(root, { recursive: true, force: true });
  });

  const findState = () => {
    const state = findRunState(join(root, '.data'));
    if (state === undefined) throw new Error('nothing runs');
    return state;
  };
  const run = (args: readonly string[], variables: Record<string, string> = {}) => {
    const started = runPlatform(root, args, variables);
    running.push(started);
    return started;
  };
  return {
    get root() {
      return root;
    },
    run,
    startOnce: async (args, variables) => {
      const { child, exit, until, said } = run(['start', ...args], variables);
      await until(READY);
      child.kill('SIGTERM');
      await exit;
      return said();
    },
    lendPostgres: () => {
      mkdirSync(join(root, '.data'), { recursive: true });
      rmSync(join(shelf, 'postgres/migrated'), { recursive: true, force: true });
      renameSync(join(shelf, 'postgres'), join(root, '.data/postgres'));
    },
    findState,
    listProcesses: () => {
      const { pid, services } = findState();
      const lock = readFileSync(join(root, '.data/postgres/cluster/data/postmaster.pid'), 'utf8');
      return [pid, Number(lock.split('\n')[0]), ...services.map((service) => service.pid)];
    },
  };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'platform-'));
  // As root, PostgreSQL runs as another user, who must be able to pass.
  chmodSync(folder, 0o711);
  return folder;
}

export async function waitUntilGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
}
