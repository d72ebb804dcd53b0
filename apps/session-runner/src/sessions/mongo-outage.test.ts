import { createMongo } from '@trafficflux/mongo';
import { describeOnOwnMongo, startOwnMongo } from '@trafficflux/tooling/test-stores';
import { expect, test } from 'vitest';
import { HandPool } from '../../test/hand-pool.ts';
import { newStep } from '../../test/session-store-contract.ts';
import { newOrder, startSessions } from '../../test/sessions.ts';
import { createMongoSessionStore, prepareMongoSessions } from './session-store-mongo.ts';

const SHORT = { serverSelectionTimeoutMs: 500, connectTimeoutMs: 500, socketTimeoutMs: 1000 };

describeOnOwnMongo('sessions on a MongoDB that goes away', () => {
  test('are played on, and recorded when it is back after a kill -9', async () => {
    const server = await startOwnMongo();
    const mongo = createMongo({
      url: server.url,
      databaseName: 'outage',
      name: 'test',
      ...SHORT,
    });
    await mongo.connection.asPromise();
    await prepareMongoSessions(mongo);
    const store = createMongoSessionStore(mongo);
    const pool = new HandPool();
    const { sessions } = await startSessions({ store, pool, timing: { renewLeaseMs: 50, leaseMs: 500 } });
    const first = await sessions.start(newOrder({ threadCount: 2 }));
    const second = await sessions.start(newOrder());
    pool.step(newStep(1));

    await server.kill();
    pool.step(newStep(2));
    pool.end();
    pool.end({ status: 'failed', reason: 'It hung.' });
    await expect.poll(() => sessions.counts.activeSessions).toBe(1);
    await expect(sessions.start(newOrder())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await sessions.stop('ada', second.sessionId)).toMatchObject({ threadsCompleted: 1 });

    await server.restart();
    const statusOf = async (id: string) => (await store.find(id).catch(() => null))?.status;
    await expect.poll(() => statusOf(first.sessionId)).toBe('completed');
    await expect.poll(() => statusOf(second.sessionId)).toBe('stopped');
    const journeys = await store.listJourneys(first.sessionId);
    expect(journeys.map(({ end }) => end)).toEqual([
      { status: 'completed' },
      { status: 'failed', reason: 'It hung.' },
    ]);
    expect(journeys[0]?.steps.map(({ number }) => number)).toEqual([1, 2]);
    await sessions.start(newOrder());
    await sessions.close();
    await mongo.close();
    await server.remove();
  });
});
