import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import {
  newOrder,
  openTestStore,
  problemOf,
  startSessions,
  type TestSessions,
  type TestStore,
} from '../../test/sessions.ts';
import { type SessionStore, SessionStoreUnavailableError } from './session-store.ts';
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
const away = async () => {
  throw new SessionStoreUnavailableError('away');
};
const stored = async (id: string) => (await store.find(id))?.status;

describe('a start', () => {
  test('is stored before it is answered', async () => {
    const { sessionId, driver } = await sessions.start(newOrder({ threadCount: 3 }));
    expect(sessionId).toMatch(/^[0-9a-f]{24}$/);
    expect(driver).toBe('dry-run');
    expect(await store.find(sessionId)).toMatchObject({
      userId: 'ada',
      searchKeyword: 'keyboard',
      threadCount: 3,
      status: 'started',
    });
    expect(pool.running.map(({ journey }) => journey)).toEqual([1, 2, 3]);
    expect(sessions.listActive('ada')).toMatchObject([{ sessionId, status: 'running', runningThreads: 3 }]);
  });

  test('takes 1 to MAX_THREADS threads', async () => {
    const start = (threadCount: number) => sessions.start(newOrder({ threadCount }));
    expect(await problemOf(start(5))).toEqual(['bad-request', 'Thread count cannot exceed 4']);
    expect(await problemOf(start(0))).toEqual(['bad-request', 'Thread count must be at least 1']);
    expect(await problemOf(start(-1))).toEqual(['bad-request', 'Thread count must be at least 1']);
    await Promise.all([start(1), start(4)]);
    expect(await opened.query('SELECT count(*)::int AS n FROM sessions')).toEqual([{ n: 2 }]);
  });

  test('is refused while the store is away, and nothing runs', async () => {
    const broken = await startSessions({ store: failing({ create: away }), pool, runner: 'broken' });
    expect(await problemOf(broken.sessions.start(newOrder()))).toEqual([
      'unavailable',
      'The session store is out of reach. Try again later.',
    ]);
    expect(pool.running).toEqual([]);
    expect(broken.sessions.counts).toMatchObject({ activeSessions: 0, availableThreads: 10 });
    await broken.sessions.close();
  });

  test('whose answer of the store was lost runs nothing, and is recorded as failed', async () => {
    const create: SessionStore['create'] = async (session) => {
      await store.create(session);
      throw new SessionStoreUnavailableError('the answer was lost');
    };
    const timing = { renewLeaseMs: 20 };
    const broken = await startSessions({ store: failing({ create }), pool, runner: 'broken', timing });
    await problemOf(broken.sessions.start(newOrder()));
    expect(pool.running).toEqual([]);
    const [{ id } = { id: '' }] = (await opened.query('SELECT id FROM sessions')) as { id: string }[];
    await expect.poll(() => stored(id)).toBe('failed');
    expect((await store.listJourneys(id))[0]?.end).toEqual({
      status: 'failed',
      reason: expect.stringContaining('never played'),
    });
    await broken.sessions.close();
  });

  test('of a session that takes long to be stored is not taken for one that nobody plays', async () => {
    const gate = Promise.withResolvers<void>();
    const create: SessionStore['create'] = async (session) => {
      await store.create(session);
      await gate.promise;
    };
    const listStarted = vi.fn(store.listStarted);
    const slow = await startSessions({
      store: failing({ create, listStarted }),
      pool,
      runner: 'slow',
      timing: { renewLeaseMs: 10 },
    });
    const starting = slow.sessions.start(newOrder());
    await expect.poll(() => listStarted.mock.calls.length).toBeGreaterThan(4);
    gate.resolve();
    const { sessionId } = await starting;
    expect(await stored(sessionId)).toBe('started');
    await slow.sessions.close();
  });

  test('that the pool refuses is recorded as failed', async () => {
    pool.refusesAfter = 2;
    await expect(sessions.start(newOrder({ threadCount: 4 }))).rejects.toThrow('refused');
    const [{ id } = { id: '' }] = (await opened.query('SELECT id FROM sessions')) as { id: string }[];
    await expect.poll(() => stored(id)).toBe('failed');
    const journeys = await store.listJourneys(id);
    expect(journeys.map(({ end }) => end?.status)).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(sessions.counts.activeSessions).toBe(0);
  });
});

describe('limits', () => {
  test('at most 100 sessions of a user are active, also of starts at once', async () => {
    const limits = { activeSessionsPerUser: 3, waitingJourneys: 100 };
    const limited = await startSessions({ store, pool, limits, runner: 'limited' });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => limited.sessions.start(newOrder())),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(7);
    expect(await problemOf(limited.sessions.start(newOrder()))).toEqual([
      'rate-limited',
      'User already has 3 active session(s).',
    ]);
    await limited.sessions.start(newOrder({ username: 'bob' }));
    pool.end();
    await expect.poll(() => limited.sessions.listActive('ada')).toHaveLength(2);
    await limited.sessions.start(newOrder());
    await limited.sessions.close();
  });

  test('no more journeys wait than may, also of starts at once', async () => {
    const limits = { activeSessionsPerUser: 0, waitingJourneys: 5 };
    const limited = await startSessions({ store, pool: new HandPool(3), limits, runner: 'limited' });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => limited.sessions.start(newOrder({ threadCount: 2 }))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(limited.sessions.counts).toMatchObject({
      runningThreads: 3,
      waitingThreads: 5,
      availableThreads: 0,
    });
    expect(await problemOf(limited.sessions.start(newOrder()))).toEqual([
      'rate-limited',
      expect.stringContaining('Too many journeys are waiting'),
    ]);
    await limited.sessions.close();
  });
});
