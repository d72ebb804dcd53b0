// Redis for tests: the one of REDIS_TEST_URL, else `redis-server` of the PATH, as a process of the test itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { findFreePort } from './find-free-port.ts';
import { findProgram } from './find-program.ts';
import { startRedisProcess } from './redis-process.ts';

const givenUrl = process.env.REDIS_TEST_URL;
const program = findProgram('redis-server');

/** `describe` for what needs a Redis of any kind: where there is none, it is skipped, and its name says why. */
export function describeOnRedis(name: string, suite: () => void): void {
  if (givenUrl ?? program) describe(name, suite);
  else describe.skip(`${name} (skipped: no Redis, as REDIS_TEST_URL and redis-server are missing)`, suite);
}

/** The same for what needs `startOwnRedis`. */
export function describeOnOwnRedis(name: string, suite: () => void): void {
  if (program) describe(name, suite);
  else describe.skip(`${name} (skipped: no Redis to start, as redis-server is missing)`, suite);
}

export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis that others may use too: keys and channels need names of their own. */
export async function createTestRedis(): Promise<TestRedis> {
  if (!givenUrl) return startOwnRedis();
  const stop = async () => {};
  return { url: givenUrl, stop, [Symbol.asyncDispose]: stop };
}

export interface OwnRedis extends TestRedis {
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** On the same port, and empty. */
  restart(): Promise<void>;
  /** From now on it accepts and never answers, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

/** Starts a Redis that belongs to the caller. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const path = program;
  if (!path) throw new Error('There is no redis-server on the PATH: use `describeOnOwnRedis`.');
  const folder = mkdtempSync(join(tmpdir(), 'trafficflux-own-redis-'));
  const port = await findFreePort();
  let server = await startRedisProcess(path, port, folder);
  const stop = async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    async restart() {
      server = await startRedisProcess(path, port, folder);
    },
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
