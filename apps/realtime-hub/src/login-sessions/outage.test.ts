// What whoever asks for a login session sees while the store is away, and after it came back.
import { migrate } from '@trafficflux/postgres';
import { describeOnOwnRedis, startOwnPostgres, startOwnRedis } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newLoginSession } from '../../test/login-session-store-contract.ts';
import { openPostgresSessions, openRedisSessions } from '../../test/open-login-session-stores.ts';
import { HUB_MIGRATIONS } from '../stores/migrations.ts';
import { type LoginSessionStore, LoginSessionsUnavailableError } from './login-session-store.ts';

interface OutageCase {
  readonly store: LoginSessionStore;
  readonly server: { kill(): Promise<void>; restart(): Promise<void>; freeze(): void; thaw(): void };
  close(): Promise<void>;
}

const LIMIT_MS = 1500;
/** On a busy machine the short limits of these tests may run out before anything went away. */
const PATIENT = { timeout: 30_000, interval: 100 };

describe('login sessions in a PostgreSQL that goes away', () => testOutage(openPostgres));
describeOnOwnRedis('login sessions in a Redis that goes away', () => testOutage(openRedis));

async function openPostgres(): Promise<OutageCase> {
  const server = await startOwnPostgres();
  await migrate({ databaseUrl: server.url, folder: HUB_MIGRATIONS });
  const store = openPostgresSessions(server.url, LIMIT_MS);
  return {
    store,
    server: { ...server, kill: server.crash },
    async close() {
      await store.close();
      await server.remove();
    },
  };
}

async function openRedis(): Promise<OutageCase> {
  const server = await startOwnRedis();
  const store = openRedisSessions(server.url, LIMIT_MS);
  return {
    store,
    server,
    async close() {
      await store.close();
      await server.stop();
    },
  };
}

function testOutage(open: () => Promise<OutageCase>): void {
  let opened: OutageCase;
  beforeAll(async () => {
    opened = await open();
    await vi.waitFor(() => opened.store.create(newLoginSession(), 0), PATIENT);
  });
  afterAll(() => opened.close());

  const askEverything = ({ store }: OutageCase) => {
    const { id } = newLoginSession();
    return Promise.allSettled([
      store.create(newLoginSession(), 0),
      store.create(newLoginSession(), 3),
      store.find(id),
      store.findLive([id]),
      store.end(id),
      store.ping(),
    ]);
  };
  const findOtherAnswers = async () =>
    (await askEverything(opened)).filter(
      (result) => result.status === 'fulfilled' || !(result.reason instanceof LoginSessionsUnavailableError),
    );
  const findFailures = async () =>
    (await askEverything(opened)).flatMap((result) =>
      result.status === 'rejected' ? [String(result.reason)] : [],
    );

  test('are unavailable to every question, and come back by themselves', { timeout: 60_000 }, async () => {
    await opened.server.kill();
    expect(await findOtherAnswers()).toEqual([]);
    expect(await findOtherAnswers()).toEqual([]);
    await opened.server.restart();
    await expect.poll(findFailures).toEqual([]);
  });

  test('are unavailable while the server accepts and never answers', { timeout: 60_000 }, async () => {
    opened.server.freeze();
    const others = await findOtherAnswers();
    opened.server.thaw();
    expect(others).toEqual([]);
    await expect.poll(findFailures).toEqual([]);
  });
}

describeOnOwnRedis('login sessions in a Redis that is away at first', () => {
  test('are unavailable, tell of it once and without secrets, and are there when Redis is', async () => {
    const server = await startOwnRedis();
    await server.kill();
    const told: string[] = [];
    const url = server.url.replace('redis://', 'redis://:hunter2@');
    const store = openRedisSessions(url, LIMIT_MS, (error) => told.push(JSON.stringify(error) + error));
    await expect(store.ping()).rejects.toBeInstanceOf(LoginSessionsUnavailableError);
    await expect(store.ping()).rejects.toBeInstanceOf(LoginSessionsUnavailableError);
    await server.restart();
    await expect
      .poll(() =>
        store.ping().then(
          () => 'there',
          () => 'away',
        ),
      )
      .toBe('there');
    expect(told).toHaveLength(1);
    expect(told.join()).not.toContain('hunter2');
    await store.close();
    await server.stop();
  });
});
