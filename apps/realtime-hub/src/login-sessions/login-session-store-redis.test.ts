import {
  createTestRedis,
  describeOnOwnRedis,
  describeOnRedis,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newLoginSession,
  newLoginSessions,
  testLoginSessionStore,
} from '../../test/login-session-store-contract.ts';
import { openRedisSessions } from '../../test/open-login-session-stores.ts';
import type { LoginSessionStore } from './login-session-store.ts';

describeOnRedis('login sessions in Redis', () => {
  testLoginSessionStore(async () => {
    const redis = await createTestRedis();
    const store = openRedisSessions(redis.url);
    return {
      store,
      async close() {
        await store.close();
        await redis.stop();
      },
    };
  });
});

describeOnOwnRedis('the keys of login sessions in Redis', () => {
  let server: Awaited<ReturnType<typeof startOwnRedis>>;
  let admin: Redis;
  let store: LoginSessionStore;
  beforeAll(async () => {
    server = await startOwnRedis();
    admin = new Redis(server.url);
    store = openRedisSessions(server.url);
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  test('end by themselves, those of a user with the last session', async () => {
    const brief = newLoginSession({ expiresAt: Date.now() + 1000 });
    const longer = newLoginSession({ userId: brief.userId, expiresAt: Date.now() + 1500 });
    for (const session of [longer, brief]) await store.create(session, 0);
    for (const key of await admin.keys('*')) expect(await admin.pttl(key)).toBeGreaterThan(0);
    await expect.poll(() => admin.keys('*')).toEqual([]);
  });

  test('S40 of a user who logs in again and again are no more than the sessions that live', async () => {
    const { userId } = newLoginSession();
    for (let round = 0; round < 5; round++)
      await store.create(newLoginSession({ userId, createdAt: round, expiresAt: Date.now() + 300 }), 0);
    await expect.poll(() => admin.keys('*session:*')).toEqual([]);
    for (const session of newLoginSessions(2)) await store.create({ ...session, userId }, 0);
    expect(await admin.zcard(`trafficflux:hub:sessions-of:${userId}`)).toBe(2);
  });

  test('are refused as an outage while Redis is full', async () => {
    await admin.config('SET', 'maxmemory', '1');
    await expect(store.create(newLoginSession(), 0)).rejects.toMatchObject({
      name: 'LoginSessionsUnavailableError',
    });
    await admin.config('SET', 'maxmemory', '0');
    expect(await store.create(newLoginSession(), 0)).toEqual([]);
  });

  test('are no outage when something else is kept under their name', async () => {
    const { id } = newLoginSession();
    await admin.rpush(`trafficflux:hub:session:${id}`, 'x');
    await expect(store.find(id)).rejects.toThrow(/WRONGTYPE/);
  });
});
