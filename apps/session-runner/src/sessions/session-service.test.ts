import { AppError } from '@trafficflux/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newStep } from '../../test/session-store-contract.ts';
import {
  newOrder,
  openTestStore,
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
async function problemOf(work: Promise<unknown>): Promise<[string, string]> {
  const error = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error });
  return [error.kind, error.message];
}

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
    await vi.waitFor(() => expect(listStarted.mock.calls.length).toBeGreaterThan(4));
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
    await vi.waitFor(() => expect(limited.sessions.listActive('ada')).toHaveLength(2));
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

describe('a session', () => {
  test('shows how its journeys stand, with their steps', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    pool.step(newStep(1));
    pool.step(newStep(2));
    pool.end({ status: 'completed' });
    pool.step(newStep(1, { url: null }));
    await vi.waitFor(async () => {
      const view = await sessions.view('ada', sessionId);
      expect(view).toMatchObject({
        status: 'running',
        totalThreads: 2,
        runningThreads: 1,
        completedThreads: 1,
      });
      expect(view.journeys).toMatchObject([
        { journey: 1, status: 'completed', steps: [newStep(1), newStep(2)] },
        { journey: 2, status: 'running', endedAt: null, steps: [newStep(1, { url: null })] },
      ]);
    });
  });

  test('keeps its steps in sight while they move into the store', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    for (let number = 1; number <= 20; number++) pool.step(newStep(number));
    pool.end();
    const deadline = Date.now() + 200;
    while (Date.now() < deadline) {
      const { journeys } = await sessions.view('ada', sessionId);
      expect(journeys[0]?.steps).toHaveLength(20);
    }
  });

  test.each([
    ['completed', ['completed', 'failed'], 'completed'],
    ['failed', ['failed', 'failed'], 'failed'],
  ] as const)('is %s when its journeys are %s', async (_, ends, expected) => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    for (const status of ends) pool.end(status === 'failed' ? { status, reason: 'It failed.' } : { status });
    await vi.waitFor(() => expect(sessions.listActive('ada')).toEqual([]));
    expect(await sessions.view('ada', sessionId)).toMatchObject({
      status: expected,
      runningThreads: 0,
      completedThreads: 2,
    });
    await expect.poll(() => stored(sessionId)).toBe(expected);
    expect((await sessions.view('ada', sessionId)).journeys[1]).toMatchObject({ reason: 'It failed.' });
    expect(sessions.counts.activeSessions).toBe(0);
  });

  test('that ended is readable for an hour, also after a restart of the runner', async () => {
    const { sessionId } = await sessions.start(newOrder());
    pool.step(newStep(1));
    pool.end();
    await expect.poll(() => stored(sessionId)).toBe('completed');
    await sessions.close();
    const again = await startSessions({ store, pool: new HandPool() });
    const view = await again.sessions.view('ada', sessionId);
    expect(view).toMatchObject({ sessionId, status: 'completed', completedThreads: 1, totalThreads: 1 });
    expect(view.journeys[0]?.steps).toEqual([newStep(1)]);
    expect(await problemOf(again.sessions.view('bob', sessionId))).toEqual([
      'forbidden',
      'Access denied to this session',
    ]);
    await opened.query("UPDATE sessions SET updated_at = now() - interval '61 minutes'");
    expect(await problemOf(again.sessions.view('ada', sessionId))).toEqual([
      'not-found',
      'Session not found',
    ]);
    expect(await again.sessions.history('ada', 10)).toMatchObject([{ id: sessionId, status: 'completed' }]);
    await again.sessions.close();
  });

  test('that nobody knows is not found', async () => {
    for (const id of ['f'.repeat(24), 'x', '', '\0']) {
      expect(await problemOf(sessions.view('ada', id))).toEqual(['not-found', 'Session not found']);
      expect(await problemOf(sessions.stop('ada', id))).toEqual(['not-found', 'Session not found']);
    }
  });

  test('S19 of another is denied, and stands in no list', async () => {
    const { sessionId } = await sessions.start(newOrder());
    const denied = ['forbidden', 'Access denied to this session'];
    expect(await problemOf(sessions.view('bob', sessionId))).toEqual(denied);
    expect(await problemOf(sessions.stop('bob', sessionId))).toEqual(denied);
    expect(sessions.listActive('bob')).toEqual([]);
    expect(await sessions.stopAll('bob')).toEqual([]);
    expect(await sessions.history('bob', 100)).toEqual([]);
    await sessions.stop('ada', sessionId);
    expect(await problemOf(sessions.view('bob', sessionId))).toEqual(denied);
  });
});

describe('a stop', () => {
  test('waits until the journeys have ended, and shows meanwhile that it is stopping', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    pool.hangs = true;
    let answer: unknown;
    const stopping = sessions.stop('ada', sessionId).then((stopped) => {
      answer = stopped;
    });
    pool.end({ status: 'stopped' });
    await vi.waitFor(() =>
      expect(sessions.listActive('ada')).toMatchObject([
        { status: 'stopping', runningThreads: 1, completedThreads: 1 },
      ]),
    );
    expect(answer).toBeUndefined();
    expect(await sessions.view('ada', sessionId)).toMatchObject({ status: 'stopping' });
    pool.end({ status: 'stopped' });
    await stopping;
    expect(answer).toEqual({ sessionId, threadsCompleted: 2, totalThreads: 2 });
    expect(await stored(sessionId)).toBe('stopped');
    expect(await problemOf(sessions.view('ada', sessionId))).toEqual(['not-found', 'Session not found']);
    expect(await problemOf(sessions.stop('ada', sessionId))).toEqual(['not-found', 'Session not found']);
    expect(await sessions.history('ada', 1)).toMatchObject([{ id: sessionId, status: 'stopped' }]);
  });

  test('is answered in time with how many have ended, when a journey does not end', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    pool.hangs = true;
    pool.end({ status: 'completed' });
    expect(await sessions.stop('ada', sessionId)).toEqual({
      sessionId,
      threadsCompleted: 1,
      totalThreads: 2,
    });
    expect(sessions.listActive('ada')).toMatchObject([{ status: 'stopping' }]);
    pool.end({ status: 'stopped' });
    await expect.poll(() => stored(sessionId)).toBe('stopped');
  });

  test('asked for twice at once is answered twice', async () => {
    const { sessionId } = await sessions.start(newOrder());
    const answers = await Promise.all([sessions.stop('ada', sessionId), sessions.stop('ada', sessionId)]);
    expect(answers[0]).toEqual({ sessionId, threadsCompleted: 1, totalThreads: 1 });
    expect(answers[1]).toEqual(answers[0]);
  });

  test('of a session that has ended by itself changes nothing', async () => {
    const { sessionId } = await sessions.start(newOrder());
    pool.end();
    await vi.waitFor(() => expect(sessions.listActive('ada')).toEqual([]));
    expect(await sessions.stop('ada', sessionId)).toEqual({
      sessionId,
      threadsCompleted: 1,
      totalThreads: 1,
    });
    expect((await sessions.view('ada', sessionId)).status).toBe('completed');
  });

  test('of all stops what waits and what runs, and leaves the sessions of others', async () => {
    const limits = { activeSessionsPerUser: 0, waitingJourneys: 100 };
    const crowded = await startSessions({ store, pool: new HandPool(3), limits, runner: 'crowded' });
    const mine = [];
    for (let count = 0; count < 4; count++)
      mine.push(await crowded.sessions.start(newOrder({ threadCount: 2 })));
    await crowded.sessions.start(newOrder({ username: 'bob' }));
    const stopped = await crowded.sessions.stopAll('ada');
    expect(stopped).toEqual(
      mine.map(({ sessionId }) => ({ sessionId, threadsCompleted: 2, totalThreads: 2 })),
    );
    expect(crowded.sessions.listActive('ada')).toEqual([]);
    expect(crowded.sessions.listActive('bob')).toMatchObject([{ runningThreads: 1 }]);
    expect(await crowded.sessions.stopAll('ada')).toEqual([]);
    for (const { sessionId } of mine) expect(await stored(sessionId)).toBe('stopped');
    await crowded.sessions.close();
  });
});

describe('the store away while sessions run', () => {
  test('leaves the lists true, and every end is stored once it is back', async () => {
    let isAway = false;
    const unlessAway =
      <Input extends unknown[], Output>(work: (...input: Input) => Promise<Output>) =>
      (...input: Input) =>
        isAway ? away() : work(...input);
    const flaky = await startSessions({
      store: failing({
        write: unlessAway(store.write),
        find: unlessAway(store.find),
        listByUser: unlessAway(store.listByUser),
        create: unlessAway(store.create),
      }),
      pool,
      runner: 'flaky',
    });
    const [one, two] = [await flaky.sessions.start(newOrder()), await flaky.sessions.start(newOrder())];
    isAway = true;
    pool.step(newStep(1));
    pool.end();
    await vi.waitFor(() =>
      expect(flaky.sessions.listActive('ada')).toMatchObject([{ sessionId: two.sessionId }]),
    );
    expect(await flaky.sessions.view('ada', one.sessionId)).toMatchObject({
      status: 'completed',
      journeys: [{ status: 'completed', steps: [newStep(1)] }],
    });
    expect((await problemOf(flaky.sessions.history('ada', 10)))[0]).toBe('unavailable');
    expect((await problemOf(flaky.sessions.start(newOrder())))[0]).toBe('unavailable');
    expect((await problemOf(flaky.sessions.view('ada', 'f'.repeat(24))))[0]).toBe('unavailable');
    expect(await flaky.sessions.stop('ada', two.sessionId)).toMatchObject({ threadsCompleted: 1 });
    expect(await stored(one.sessionId)).toBe('started');
    isAway = false;
    await expect.poll(() => stored(one.sessionId), { timeout: 10_000 }).toBe('completed');
    await expect.poll(() => stored(two.sessionId)).toBe('stopped');
    expect((await store.listJourneys(one.sessionId))[0]?.steps).toEqual([newStep(1)]);
    await flaky.sessions.close();
  });
});

describe('events', () => {
  test('tell the life of a session in order, on the topic of its user', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2, searchKeyword: 'k'.repeat(5000) }));
    pool.step(newStep(1, { note: 'n'.repeat(5000) }));
    pool.end();
    pool.end({ status: 'failed', reason: 'It hung.' });
    await vi.waitFor(() => expect(sessions.counts.activeSessions).toBe(0));
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
    const muted = await startSessions({ store, pool, bus: { publish }, runner: 'muted' });
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
