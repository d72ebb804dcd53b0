// Whatever is started, played, ended and stopped, by whomever, in whatever order: the counts are true.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newStep } from '../../test/session-store-contract.ts';
import { newOrder, openTestStore, startSessions, type TestStore } from '../../test/sessions.ts';
import type { Sessions, StoppedSession } from './sessions.ts';

const USERS = ['ada', 'bob', 'cy'] as const;
const THREADS = 4;
const LIMITS = { activeSessionsPerUser: 5, waitingJourneys: 12 };

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

interface World {
  readonly sessions: Sessions;
  readonly pool: HandPool;
  /** What is acknowledged: the threads of each session that nobody has stopped. */
  readonly acknowledged: Map<string, { username: string; threads: number }>;
  readonly working: Promise<unknown>[];
}

const user = fc.constantFrom(...USERS);
const place = fc.nat({ max: THREADS - 1 });
const commands = fc.commands(
  [
    fc.record({ username: user, threadCount: fc.integer({ min: 1, max: 4 }) }).map((order) =>
      command(`start ${JSON.stringify(order)}`, async ({ sessions, acknowledged }) => {
        const answer = await sessions.start(newOrder(order)).catch((error) => error);
        if (answer instanceof Error) expect(answer).toMatchObject({ kind: 'rate-limited' });
        else acknowledged.set(answer.sessionId, { username: order.username, threads: order.threadCount });
      }),
    ),
    fc.record({ username: user, threadCount: fc.integer({ min: 1, max: 4 }) }).map((order) =>
      command(
        `start without waiting ${JSON.stringify(order)}`,
        async ({ sessions, acknowledged, working }) => {
          const starting = sessions.start(newOrder(order)).then(
            ({ sessionId }) =>
              acknowledged.set(sessionId, { username: order.username, threads: order.threadCount }),
            () => {},
          );
          working.push(starting);
        },
      ),
    ),
    place.map((which) => command(`step ${which}`, async ({ pool }) => pool.step(newStep(1), which))),
    place.map((which) =>
      command(`complete ${which}`, async ({ pool }) => pool.end({ status: 'completed' }, which)),
    ),
    place.map((which) =>
      command(`fail ${which}`, async ({ pool }) =>
        pool.end({ status: 'failed', reason: 'by chance' }, which),
      ),
    ),
    fc.tuple(user, fc.nat({ max: 9 })).map(([username, which]) =>
      command(`stop ${which} of ${username}`, async ({ sessions, acknowledged, working }) => {
        const views = sessions.listActive(username);
        const view = views[which % Math.max(1, views.length)];
        if (view === undefined) return;
        acknowledged.delete(view.sessionId);
        working.push(sessions.stop(username, view.sessionId).then(assertAllEnded));
      }),
    ),
    user.map((username) =>
      command(`stop all of ${username}`, async ({ sessions, working }) => {
        working.push(sessions.stopAll(username).then((all) => all.forEach(assertAllEnded)));
      }),
    ),
  ],
  { maxCommands: 60 },
);

function command(name: string, run: (world: World) => Promise<void>) {
  return {
    check: () => true,
    async run(_: object, world: World) {
      await run(world);
      assertTrue(world);
      // What a journey's end sets in motion comes within the turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      assertTrue(world);
    },
    toString: () => name,
  };
}

function assertAllEnded({ threadsCompleted, totalThreads }: StoppedSession): void {
  expect(threadsCompleted).toBe(totalThreads);
}

/** The sums that hold at every moment. */
function assertTrue({ sessions, pool }: World): void {
  const lists = USERS.map((username) => sessions.listActive(username));
  const views = lists.flat();
  const sum = (pick: (view: (typeof views)[number]) => number) =>
    views.reduce((total, view) => total + pick(view), 0);
  const { counts } = sessions;
  expect(counts.activeSessions).toBe(views.length);
  expect(counts.runningThreads).toBe(sum(({ runningThreads }) => runningThreads));
  expect(counts.availableThreads).toBe(Math.max(0, THREADS - sum(({ totalThreads }) => totalThreads)));
  expect(counts.waitingThreads).toBe(
    sum(
      ({ totalThreads, runningThreads, completedThreads }) =>
        totalThreads - runningThreads - completedThreads,
    ),
  );
  expect(counts.waitingThreads).toBeLessThanOrEqual(LIMITS.waitingJourneys);
  expect(pool.counts.running).toBeLessThanOrEqual(THREADS);
  for (const list of lists) expect(list.length).toBeLessThanOrEqual(LIMITS.activeSessionsPerUser);
  for (const view of views) {
    expect(['running', 'stopping']).toContain(view.status);
    expect(view.completedThreads).toBeLessThan(view.totalThreads);
    expect(view.runningThreads).toBeGreaterThanOrEqual(0);
    expect(view.runningThreads + view.completedThreads).toBeLessThanOrEqual(view.totalThreads);
  }
}

/** At the quiet end the pool and the service agree, and what was acknowledged is stored with its threads. */
async function assertQuiet({ sessions, pool, acknowledged, working }: World): Promise<void> {
  await Promise.all(working);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sessions.counts).toMatchObject({
    runningThreads: pool.counts.running,
    waitingThreads: pool.counts.waiting,
  });
  await sessions.close();
  expect(sessions.counts).toMatchObject({
    activeSessions: 0,
    runningThreads: 0,
    waitingThreads: 0,
    availableThreads: THREADS,
  });
  expect(pool.counts).toMatchObject({ running: 0, waiting: 0 });
  const rows = await opened.query(
    `SELECT id, status, thread_count, (SELECT count(*)::int FROM journeys WHERE session_id = id AND journeys.status IS NOT NULL) AS ended
     FROM sessions`,
  );
  for (const { status, thread_count, ended } of rows) {
    expect(status).not.toBe('started');
    expect(ended).toBe(thread_count);
  }
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of acknowledged.keys()) expect(ids).toContain(id);
}

test('the sums hold at every moment of any mixture of starts, ends and stops', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      await opened.query('TRUNCATE sessions, journeys, journey_steps, runner_leases');
      const pool = new HandPool(THREADS);
      const { sessions } = await startSessions({ store: opened.store, pool, limits: LIMITS });
      const world: World = { sessions, pool, acknowledged: new Map(), working: [] };
      await fc.asyncModelRun(() => ({ model: {}, real: world }), sequence);
      await assertQuiet(world);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
