import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newStep } from '../../test/session-store-contract.ts';
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

describe('a session', () => {
  test('shows how its journeys stand, with their steps', async () => {
    const { sessionId } = await sessions.start(newOrder({ threadCount: 2 }));
    pool.step(newStep(1));
    pool.step(newStep(2));
    pool.end({ status: 'completed' });
    pool.step(newStep(1, { url: null }));
    await expect
      .poll(() => sessions.view('ada', sessionId))
      .toMatchObject({
        status: 'running',
        totalThreads: 2,
        runningThreads: 1,
        completedThreads: 1,
        journeys: [
          { journey: 1, status: 'completed', steps: [newStep(1), newStep(2)] },
          { journey: 2, status: 'running', endedAt: null, steps: [newStep(1, { url: null })] },
        ],
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
    await expect.poll(() => sessions.listActive('ada')).toEqual([]);
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
    await expect
      .poll(() => sessions.listActive('ada'))
      .toMatchObject([{ status: 'stopping', runningThreads: 1, completedThreads: 1 }]);
    expect(answer).toBeUndefined();
    expect(await sessions.view('ada', sessionId)).toMatchObject({ status: 'stopping' });
    pool.end({ status: 'stopped' });
    await stopping;
    expect(answer).toEqual({ sessionId, threadsCompleted: 2, totalThreads: 2 });
    await expect.poll(() => stored(sessionId)).toBe('stopped');
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
    await expect.poll(() => sessions.listActive('ada')).toEqual([]);
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
    await expect.poll(() => flaky.sessions.listActive('ada')).toMatchObject([{ sessionId: two.sessionId }]);
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
