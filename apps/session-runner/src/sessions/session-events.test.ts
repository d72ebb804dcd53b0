import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newStep } from '../../test/session-store-contract.ts';
import {
  newOrder,
  nobodyAsks,
  openTestStore,
  problemOf,
  startSessions,
  type TestSessions,
  type TestStore,
} from '../../test/sessions.ts';
import type { SessionStore } from './session-store.ts';
import type { Sessions } from './sessions.ts';

let opened: TestStore;
let store: SessionStore;
let pool: HandPool;
let started: TestSessions;
let sessions: Sessions;

beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());
beforeEach(async () => {
  await opened.query('TRUNCATE sessions, journeys, journey_steps, runner_leases');
  pool = new HandPool();
  started = await startSessions({ store, pool });
  sessions = started.sessions;
  return () => sessions.close();
});

const failing = (overrides: Partial<SessionStore>): SessionStore => ({ ...store, ...overrides });
const stored = async (id: string) => (await store.find(id))?.status;

describe('events', () => {
  test('tell the life of a session in order, on the topic of its user', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2, searchKeyword: 'k'.repeat(5000) }));
    pool.step(newStep(1, { note: 'n'.repeat(5000) }));
    pool.end();
    pool.end({ status: 'failed', reason: 'It hung.' });
    await expect.poll(() => sessions.counts.activeSessions).toBe(0);
    expect(started.events.map(([topic]) => topic)).toEqual(
      Array.from({ length: 7 }, () => 'users.user_60f7b5c4d1e2f3a4b5c6d7e8.automation'),
    );
    const events = started.events.map(([, event]) => event);
    expect(events).toMatchObject([
      { type: 'session.started', thread_count: 2, driver: 'dry-run' },
      { type: 'journey.started', journey: 1 },
      { type: 'journey.started', journey: 2 },
      { type: 'journey.step', journey: 1, step: { number: 1, action: 'visit', outcome: 'ok', status: 200 } },
      { type: 'journey.ended', journey: 1, status: 'completed', reason: null },
      { type: 'journey.ended', journey: 2, status: 'failed', reason: 'It hung.' },
      { type: 'session.ended', status: 'completed', threads_completed: 2, total_threads: 2 },
    ]);
    for (const event of events) {
      expect(event.session_id).toBe(sessionId);
      expect(Number.isFinite(event.at)).toBe(true);
      expect(JSON.stringify(event).length).toBeLessThan(4000);
    }
  });

  test.each([
    ['refuses them', () => Promise.reject(new Error('away'))],
    ['never answers', () => new Promise<void>(() => {})],
  ])('are dropped and counted by a bus that %s, and no journey feels it', async (_, publish) => {
    const muted = await startSessions({
      store,
      pool,
      bus: { publish, subscribe: nobodyAsks },
      runner: 'muted',
    });
    const { sessionId } = await muted.sessions.start(newOrder());
    for (let number = 1; number <= 1500; number++) pool.step(newStep(number));
    pool.end();
    await expect.poll(() => stored(sessionId)).toBe('completed');
    const dropped = Number(
      /session_runner_dropped_events_total\{.*?\} (\d+)/.exec(await muted.metrics())?.[1],
    );
    expect(dropped).toBeGreaterThanOrEqual(504);
    expect(
      muted.lines.filter(({ msg }) => msg === 'events are dropped: the bus is away or slow'),
    ).toHaveLength(1);
    await muted.sessions.close();
  });
});

test('metrics show the pool, the line, the sessions, and what waits for the store', async () => {
  const limits = { activeSessionsPerUser: 0, waitingJourneys: 100 };
  const small = await startSessions({ store, pool: new HandPool(3), limits, runner: 'small' });
  await small.sessions.start(newOrder({ threadCount: 4 }));
  const text = await small.metrics();
  for (const line of [
    'session_runner_pool_threads{service="test"} 3',
    'session_runner_running_journeys{service="test"} 3',
    'session_runner_waiting_journeys{service="test"} 1',
    'session_runner_active_sessions{service="test"} 1',
    'session_runner_dropped_steps_total{service="test"} 0',
    'session_runner_dropped_events_total{service="test"} 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/^session_runner_store_writes_waiting\{service="test"\} \d+$/m);
  await small.sessions.close();
});

describe('the end of the runner', () => {
  test('stops what runs and what waits, records it, and takes nothing new', async () => {
    const limits = { activeSessionsPerUser: 0, waitingJourneys: 100 };
    const ending = await startSessions({ store, pool: new HandPool(2), limits, runner: 'ending' });
    const ids = [];
    for (let count = 0; count < 5; count++) ids.push((await ending.sessions.start(newOrder())).sessionId);
    const closing = ending.sessions.close();
    expect((await problemOf(ending.sessions.start(newOrder())))[0]).toBe('unavailable');
    await closing;
    for (const id of ids) {
      expect(await stored(id)).toBe('stopped');
      expect((await store.listJourneys(id))[0]?.end).toEqual({ status: 'stopped' });
    }
    expect(await opened.query("SELECT FROM runner_leases WHERE runner LIKE 'ending/%'")).toEqual([]);
  });

  test('while a session is being stored records that it was never played', async () => {
    const gate = Promise.withResolvers<void>();
    const create: SessionStore['create'] = async (session) => {
      await gate.promise;
      await store.create(session);
    };
    const ending = await startSessions({ store: failing({ create }), pool, runner: 'ending' });
    const starting = problemOf(ending.sessions.start(newOrder()));
    const closing = ending.sessions.close();
    gate.resolve();
    expect((await starting)[0]).toBe('unavailable');
    await closing;
    expect(pool.running).toEqual([]);
    const [row] = await opened.query('SELECT status FROM sessions');
    expect(row).toEqual({ status: 'failed' });
  });
});
