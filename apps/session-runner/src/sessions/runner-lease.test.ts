// Several runners on one store, of which some are killed, frozen, or cut off from it.
import { createPool, migrate } from '@trafficflux/postgres';
import { startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newSession, newStep } from '../../test/session-store-contract.ts';
import { newOrder, openTestStore, startSessions, type TestStore } from '../../test/sessions.ts';
import { SESSIONS_MIGRATIONS } from '../stores/migrations.ts';
import { type SessionStore, SessionStoreUnavailableError } from './session-store.ts';
import { createPostgresSessionStore } from './session-store-postgres.ts';

let opened: TestStore;
let store: SessionStore;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
});
afterAll(() => opened.close());

const stored = async (id: string) => (await store.find(id))?.status;
const quick = { renewLeaseMs: 20, leaseMs: 200 };
let names = 0;
const newName = () => `runner-${++names}:8000`;

/** A session that a runner left behind when it was killed. */
async function leave(runner: string): Promise<string> {
  const session = newSession({ runner });
  await store.renewLease(runner);
  await store.create(session);
  await store.write([{ type: 'journey-started', sessionId: session.id, journey: 1, at: new Date() }]);
  return session.id;
}

describe('a runner that starts', () => {
  test('fails at once, each with a reason, what an earlier start of its name left', async () => {
    const name = newName();
    const ids = [
      await leave(`${name}/earlier`),
      await leave(`${name}/earlier`),
      await leave(`${name}/earliest`),
    ];
    const other = await leave(`${newName()}/lives`);
    const { sessions } = await startSessions({ store, pool: new HandPool(), runner: name });
    for (const id of ids) {
      expect(await stored(id)).toBe('failed');
      for (const { end } of await store.listJourneys(id))
        expect(end).toEqual({ status: 'failed', reason: 'The runner ended while it was being played.' });
    }
    expect(await stored(other)).toBe('started');
    await sessions.close();
    await store.failAbandoned({ runner: (await store.find(other))?.runner ?? '', beat: 1 }, 'the test ends');
  });

  test('tells the users of what it failed that their sessions have ended', async () => {
    const name = newName();
    const left = newSession({ runner: `${name}/earlier`, userId: 'ada', threadCount: 3 });
    const unknown = newSession({ runner: `${name}/earlier`, userId: 'gone' });
    for (const session of [left, unknown]) await store.create(session);
    const { sessions, events } = await startSessions({ store, pool: new HandPool(), runner: name });
    await expect
      .poll(() => events)
      .toEqual([
        [
          `users.${newOrder().userId}.automation`,
          {
            type: 'session.ended',
            session_id: left.id,
            at: expect.any(Number),
            status: 'failed',
            threads_completed: 3,
            total_threads: 3,
          },
        ],
      ]);
    await sessions.close();
  });

  test('while the store is away does so when it is back, and starts all the same', async () => {
    const name = newName();
    const id = await leave(`${name}/earlier`);
    let isAway = true;
    const renewLease: SessionStore['renewLease'] = async (runner) => {
      if (isAway) throw new SessionStoreUnavailableError('away');
      return store.renewLease(runner);
    };
    const { sessions } = await startSessions({
      store: { ...store, renewLease },
      pool: new HandPool(),
      runner: name,
      timing: quick,
    });
    expect(await stored(id)).toBe('started');
    isAway = false;
    await expect.poll(() => stored(id)).toBe('failed');
    await sessions.close();
  });
});

describe('runners on one store', () => {
  test('leave each other alone', async () => {
    const pools = [new HandPool(), new HandPool()];
    const [one, two] = await Promise.all(
      pools.map((pool) => startSessions({ store, pool, runner: newName(), timing: quick })),
    );
    const first = await one!.sessions.start(newOrder());
    const second = await two!.sessions.start(newOrder());
    const beats = async () => (await store.listOwners()).map(({ beat }) => beat);
    // Both have renewed for longer than a lease.
    await expect.poll(async () => Math.min(...(await beats())), { timeout: 10_000 }).toBeGreaterThan(15);
    expect(await stored(first.sessionId)).toBe('started');
    expect(await stored(second.sessionId)).toBe('started');
    expect(await one!.sessions.view('ada', second.sessionId)).toMatchObject({
      status: 'running',
      runningThreads: 1,
    });
    for (const pool of pools) pool.end();
    await expect.poll(() => stored(first.sessionId)).toBe('completed');
    await expect.poll(() => stored(second.sessionId)).toBe('completed');
    await Promise.all([one!.sessions.close(), two!.sessions.close()]);
  });

  test('fail what a silent one left, and not before its lease is over', async () => {
    const id = await leave(`${newName()}/silent`);
    const failAbandoned = vi.fn(store.failAbandoned);
    const started = performance.now();
    const { sessions } = await startSessions({
      store: { ...store, failAbandoned },
      pool: new HandPool(),
      runner: newName(),
      timing: quick,
    });
    await expect.poll(() => stored(id), { timeout: 10_000 }).toBe('failed');
    expect(performance.now() - started).toBeGreaterThanOrEqual(quick.leaseMs);
    expect((await store.listJourneys(id))[0]?.end).toMatchObject({
      reason: expect.stringContaining('did not answer'),
    });
    await sessions.close();
  });

  test('believe a silent one that is back: it ends what was failed, and goes on under a new mark', async () => {
    const pool = new HandPool();
    const woken = await startSessions({ store, pool, runner: newName(), timing: quick });
    const { sessionId } = await woken.sessions.start(newOrder({ threadCount: 2 }));
    const { runner } = (await store.find(sessionId))!;
    // What another does to a runner that was frozen for longer than its lease.
    await expect
      .poll(async () => {
        const owner = (await store.listOwners()).find((one) => one.runner === runner);
        return owner === undefined ? [] : store.failAbandoned(owner, 'It was frozen.');
      })
      .toMatchObject([{ id: sessionId }]);
    await expect.poll(() => woken.sessions.counts.activeSessions).toBe(0);
    expect(pool.counts).toMatchObject({ running: 0, waiting: 0 });
    expect(await woken.sessions.view('ada', sessionId)).toMatchObject({ status: 'failed' });
    expect(await stored(sessionId)).toBe('failed');
    const next = await woken.sessions.start(newOrder());
    expect((await store.find(next.sessionId))?.runner).not.toBe(runner);
    expect(pool.running).toHaveLength(1);
    await woken.sessions.close();
    expect(await stored(next.sessionId)).toBe('stopped');
  });
});

test('a store that was away for longer than a lease costs nobody a session', async () => {
  const server = await startOwnPostgres();
  await migrate({ databaseUrl: server.url, folder: SESSIONS_MIGRATIONS });
  const runners = await Promise.all(
    [newName(), newName()].map(async (runner) => {
      const connections = createPool({ databaseUrl: server.url, name: 'test', connectTimeoutMs: 500 });
      const own = createPostgresSessionStore(connections);
      const pool = new HandPool();
      const timing = { renewLeaseMs: 50, leaseMs: 500 };
      const { sessions } = await startSessions({ store: own, pool, runner, timing });
      return { connections, own, pool, sessions };
    }),
  );
  const ids = await Promise.all(
    runners.map(async ({ sessions }) => (await sessions.start(newOrder())).sessionId),
  );
  await server.stop();
  // Longer than the lease, and meanwhile journeys go on.
  const { promise: overALease, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 1000);
  for (const { pool } of runners) pool.step(newStep(1));
  await overALease;
  for (const [index, { sessions }] of runners.entries())
    expect(sessions.listActive('ada')).toMatchObject([{ sessionId: ids[index], status: 'running' }]);
  await server.restart();
  for (const { pool } of runners) {
    pool.step(newStep(2));
    pool.end();
  }
  for (const [index, { own }] of runners.entries()) {
    const id = ids[index] ?? '';
    await expect
      .poll(async () => (await own.find(id).catch(() => null))?.status, { timeout: 15_000 })
      .toBe('completed');
    expect((await own.listJourneys(id))[0]?.steps.map(({ number }) => number)).toEqual([1, 2]);
  }
  for (const { sessions, connections } of runners) {
    await sessions.close();
    await connections.end();
  }
  await server.remove();
});
