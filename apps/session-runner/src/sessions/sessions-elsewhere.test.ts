// Two runners on one store and one bus: whichever is asked answers for both.
import { createEventBus, type EventBus, eventBusMigrations } from '@trafficflux/event-bus';
import { migrate } from '@trafficflux/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import {
  newOrder,
  nobodyAsks,
  openTestStore,
  problemOf,
  startSessions,
  type TestSessions,
  type TestStore,
} from '../../test/sessions.ts';
import { toStopTopic } from './automation-events.ts';

let opened: TestStore;
let bus: EventBus;
beforeAll(async () => {
  opened = await openTestStore();
  await migrate({ databaseUrl: opened.url, folder: eventBusMigrations });
  bus = createEventBus({ databaseUrl: opened.url, name: 'test' });
});
afterAll(async () => {
  await bus.close();
  await opened.close();
});

const { username, userId } = newOrder();
const stored = async (id: string) => (await opened.store.find(id))?.status;

describe('a session that another runner plays', () => {
  let pool: HandPool;
  let player: TestSessions['sessions'];
  let asked: TestSessions['sessions'];
  beforeEach(async () => {
    await opened.query('TRUNCATE sessions, journeys, journey_steps, runner_leases');
    pool = new HandPool(1);
    ({ sessions: player } = await startSessions({ store: opened.store, bus, pool, runner: 'player' }));
    ({ sessions: asked } = await startSessions({
      store: opened.store,
      bus,
      pool: new HandPool(),
      runner: 'asked',
      // A busy machine is no runner that does not answer.
      timing: { stopElsewhereMs: 20_000 },
    }));
    return async () => {
      await Promise.all([player.close(), asked.close()]);
    };
  });

  test("is listed with its counts and counted, and is nobody else's", async () => {
    const { sessionId } = await player.start(newOrder({ threadCount: 3 }));
    const here = await asked.start(newOrder());
    await expect
      .poll(() => asked.listAllActive(username))
      .toMatchObject([
        { sessionId, status: 'running', totalThreads: 3, runningThreads: 1, completedThreads: 0 },
        { sessionId: here.sessionId },
      ]);
    expect(await asked.countAll()).toMatchObject({ activeSessions: 2, availableThreads: 9 });
    expect(await asked.listAllActive('bob')).toEqual([]);
    expect(await problemOf(asked.stop('bob', sessionId))).toEqual([
      'forbidden',
      'Access denied to this session',
    ]);
    expect(pool.counts.running).toBe(1);
  });

  test('is stopped there, and recorded by it', async () => {
    const { sessionId } = await player.start(newOrder({ threadCount: 3 }));
    expect(await asked.stop(username, sessionId)).toEqual({
      sessionId,
      threadsCompleted: 3,
      totalThreads: 3,
    });
    expect(pool.counts).toMatchObject({ running: 0, waiting: 0 });
    expect(await stored(sessionId)).toBe('stopped');
    const ends = (await opened.store.listJourneys(sessionId)).map(({ end }) => end?.status);
    expect(ends).toEqual(['stopped', 'stopped', 'stopped']);
    expect(await problemOf(asked.stop(username, sessionId))).toEqual(['not-found', 'Session not found']);
    expect(await asked.listAllActive(username)).toEqual([]);
  });

  test('is stopped with all others of its user, and no more', async () => {
    const ids = [];
    for (const sessions of [player, asked, player]) ids.push((await sessions.start(newOrder())).sessionId);
    const other = await player.start(newOrder({ username: 'bob', userId: 'user_bob' }));
    const stopped = await asked.stopAll(username);
    expect(stopped.map(({ sessionId }) => sessionId).sort()).toEqual(ids.sort());
    for (const id of ids) await expect.poll(() => stored(id)).toBe('stopped');
    expect(await stored(other.sessionId)).toBe('started');
    expect(await asked.stopAll(username)).toEqual([]);
  });

  test('is left alone by what is published on the topic of another user', async () => {
    const bobs = await player.start(newOrder({ username: 'bob', userId: 'user_bob' }));
    const adas = await player.start(newOrder());
    const session_ids = [bobs.sessionId, 7, adas.sessionId];
    await bus.publish(toStopTopic(userId), { session_ids });
    await bus.publish(toStopTopic(userId), 'nonsense');
    await expect.poll(() => stored(adas.sessionId)).toBe('stopped');
    expect(player.listActive('bob')).toMatchObject([{ sessionId: bobs.sessionId, status: 'running' }]);
  });
});

test('a session that ends here while the store is being asked is not taken for one of another runner', async () => {
  const pool = new HandPool(1);
  const { store } = opened;
  const { sessions } = await startSessions({
    store: {
      ...store,
      async listActive(name) {
        const active = await store.listActive(name);
        pool.endAll({ status: 'completed' });
        await expect.poll(() => stored(sessionId)).toBe('completed');
        await expect.poll(() => sessions.counts.activeSessions).toBe(0);
        return active;
      },
    },
    // Nobody of this name has an account: whoever asked for it would fail.
    findUserId: async () => null,
    pool,
    runner: 'alone',
  });
  const { sessionId } = await sessions.start(newOrder());
  expect(await sessions.listAllActive(username)).toEqual([]);
  await sessions.close();
});

test('a session whose runner hears nothing is ended in the store, and the runner finds it there', async () => {
  const pool = new HandPool();
  const deaf = await startSessions({
    store: opened.store,
    bus: { publish: async () => {}, subscribe: nobodyAsks },
    pool,
    runner: 'deaf',
    timing: { renewLeaseMs: 20 },
  });
  const { sessions, events } = await startSessions({
    store: opened.store,
    pool: new HandPool(),
    runner: 'asked',
    timing: { stopElsewhereMs: 50 },
  });
  const { sessionId } = await deaf.sessions.start(newOrder({ threadCount: 2 }));
  expect(await sessions.stop(username, sessionId)).toMatchObject({ threadsCompleted: 2, totalThreads: 2 });
  expect(await stored(sessionId)).toBe('stopped');
  expect(events.at(-1)).toMatchObject([
    `users.${userId}.automation`,
    { type: 'session.ended', session_id: sessionId, status: 'stopped', threads_completed: 2 },
  ]);
  await expect.poll(() => pool.counts.running).toBe(0);
  expect(deaf.sessions.counts.activeSessions).toBe(0);
  await Promise.all([deaf.sessions.close(), sessions.close()]);
});
