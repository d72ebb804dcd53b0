// A thousand sessions, started and stopped at random by fifty users, on the real pool.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { createLogger } from '@trafficflux/service-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJourneyPool } from '../src/journeys/journey-pool.ts';
import type { Sessions } from '../src/sessions/sessions.ts';
import { newOrder, nobodyAsks, openTestStore, startSessions, type TestStore } from './sessions.ts';

const [SESSIONS, USERS, THREADS] = [1000, 50, 4];
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const living = new Set<Worker>();
process.on('worker', (worker) => {
  living.add(worker);
  worker.once('exit', () => living.delete(worker));
});

function createPool(pauseMs: number) {
  return createJourneyPool({
    threads: THREADS,
    lineLength: 10_000,
    config: {
      timeLimitMs: 30_000,
      requestsPerSecond: 1000,
      pages: 2,
      pauseMs: { min: pauseMs, max: pauseMs },
      seed: 1,
      requestTimeoutMs: 1000,
      bodyLimitBytes: 1024,
      redirectLimit: 1,
      threadMemoryMb: 64,
    },
    allowList: 'localhost',
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
}

/** What one user does: starts sessions and stops some, until the number is used up. */
async function useSessions(
  sessions: Sessions,
  username: string,
  dice: () => number,
  left: { count: number },
) {
  while (left.count > 0) {
    left.count--;
    const order = newOrder({ username, userId: `user_${username}`, threadCount: 1 + Math.floor(dice() * 3) });
    const { sessionId } = await sessions.start(order);
    const luck = dice();
    if (luck < 0.3) await sessions.stop(username, sessionId);
    else if (luck < 0.35) await sessions.stopAll(username);
    assertTrue(sessions, username);
  }
}

function assertTrue(sessions: Sessions, username: string): void {
  for (const { runningThreads, completedThreads, totalThreads } of sessions.listActive(username)) {
    expect(runningThreads).toBeGreaterThanOrEqual(0);
    expect(completedThreads).toBeLessThan(totalThreads);
    expect(runningThreads + completedThreads).toBeLessThanOrEqual(totalThreads);
  }
  const { activeSessions, runningThreads, waitingThreads } = sessions.counts;
  expect(activeSessions <= runningThreads + waitingThreads).toBe(true);
}

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('end with true counts, no thread left, and flat memory', { timeout: 240_000 }, async () => {
  const [seed = 1] = fc.sample(fc.integer({ min: 1 }), 1);
  const dice = createDice(seed);
  const pool = createPool(1);
  const { sessions, events } = await startSessions({ store: opened.store, pool, maxThreads: 4 });
  const users = Array.from({ length: USERS }, (_, index) => `user${index}`);
  const play = async (count: number) => {
    const left = { count };
    await Promise.all(users.map((username) => useSessions(sessions, username, dice, left)));
    await expect.poll(() => sessions.counts.activeSessions, { timeout: 120_000 }).toBe(0);
    events.length = 0;
  };

  await play(SESSIONS / 5);
  const early = usedHeap();
  await play((SESSIONS * 4) / 5);
  const growth = usedHeap() - early;

  expect(sessions.counts).toEqual({
    maxThreads: 4,
    threadPoolSize: THREADS,
    activeSessions: 0,
    availableThreads: THREADS,
    runningThreads: 0,
    waitingThreads: 0,
  });
  expect(pool.counts).toEqual({ threads: THREADS, running: 0, waiting: 0 });
  for (const username of users) expect(sessions.listActive(username)).toEqual([]);
  // Four fifths of the sessions leave less behind than 10 KB each would.
  expect(growth).toBeLessThan(8 * 1024 * 1024);

  await sessions.close();
  expect(living.size).toBe(0);
  const [row] = await opened.query(`
    SELECT count(*)::int AS sessions,
      count(*) FILTER (WHERE status = 'started')::int AS started,
      (SELECT count(*)::int FROM journeys WHERE status IS NULL) AS unended,
      (SELECT count(*)::int FROM journeys WHERE status = 'failed') AS failed
    FROM sessions`);
  expect(row, `seed ${seed}`).toEqual({ sessions: SESSIONS, started: 0, unended: 0, failed: 0 });
});

test('at once play as far as the pool goes, wait at less than 10 KB each, and stop together', {
  timeout: 240_000,
}, async () => {
  const store = await openTestStore();
  const pool = createPool(600_000);
  const bus = { publish: async () => {}, subscribe: nobodyAsks };
  const { sessions } = await startSessions({ store: store.store, pool, bus });
  const users = Array.from({ length: USERS }, (_, index) => `user${index}`);
  const startEach = (count: number) =>
    Promise.all(
      users.flatMap((username) =>
        Array.from({ length: count }, () =>
          sessions.start(newOrder({ username, userId: `user_${username}` })),
        ),
      ),
    );
  await startEach(1);
  await expect.poll(() => sessions.counts.runningThreads, { timeout: 120_000 }).toBe(THREADS);
  const before = usedHeap();
  await startEach(SESSIONS / USERS);
  const bytesEach = (usedHeap() - before) / SESSIONS;

  expect(sessions.counts).toMatchObject({
    activeSessions: SESSIONS + USERS,
    runningThreads: THREADS,
    waitingThreads: SESSIONS + USERS - THREADS,
    availableThreads: 0,
  });
  expect(bytesEach).toBeLessThan(10 * 1024);

  const stopped = await Promise.all(users.map((username) => sessions.stopAll(username)));
  expect(stopped.flat()).toHaveLength(SESSIONS + USERS);
  await expect.poll(() => sessions.counts.activeSessions, { timeout: 20_000 }).toBe(0);
  expect(sessions.counts).toMatchObject({ runningThreads: 0, waitingThreads: 0, availableThreads: THREADS });
  await sessions.close();
  expect(living.size).toBe(0);
  expect(await store.query('SELECT DISTINCT status FROM sessions')).toEqual([{ status: 'stopped' }]);
  await store.close();
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
