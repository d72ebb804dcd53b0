// What people see over HTTP while a store is away, and after it came back.
import { accountsMigrations } from '@trafficflux/accounts';
import { migrate } from '@trafficflux/postgres';
import {
  describeOnOwnMongo,
  describeOnOwnRedis,
  startOwnMongo,
  startOwnPostgres,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { describe, expect, test, vi } from 'vitest';
import { HUB_MIGRATIONS } from '../../src/stores/migrations.ts';
import { type Hub, type Login, PASSWORD, startHub } from '../service.ts';

const TIME_LIMITS = {
  ACCOUNTS_CONNECT_TIMEOUT_MS: '500',
  ACCOUNTS_ANSWER_TIMEOUT_MS: '500',
  PLATFORM_CONNECT_TIMEOUT_MS: '500',
  PLATFORM_ANSWER_TIMEOUT_MS: '500',
  PEOPLE_ANSWER_TIMEOUT_MS: '2000',
};

/** On a busy machine the short limits may run out before anything went away. */
const PATIENT = { timeout: 60_000, interval: 100 };

interface Outage {
  readonly environment: Record<string, string>;
  /** The name of the check that fails, and the code of the errors. */
  readonly check: 'accounts' | 'login-sessions';
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  remove(): Promise<void>;
}

const CODES = { accounts: 'ACCOUNTS_UNAVAILABLE', 'login-sessions': 'SESSIONS_UNAVAILABLE' };

async function expectOutage({ environment, check, goAway, comeBack, remove }: Outage): Promise<void> {
  const hub = await startHub({ ...TIME_LIMITS, ...environment });
  try {
    const login = await vi.waitFor(() => signUp(hub), PATIENT);
    await goAway();
    await expectAway(hub, login, check);
    await comeBack();
    const { username } = login.user;
    await expect
      .poll(async () => (await hub.post('/sessions', { username, password: PASSWORD })).status)
      .toBe(200);
    await expect.poll(async () => (await hub.get('/health/ready')).status).toBe(200);
  } finally {
    await hub.close();
    await remove();
  }
}

let names = 0;

/** Of a name of its own each time: nobody knows what became of a try that failed. */
async function signUp(hub: Hub): Promise<Login> {
  const username = `ada${names++}`;
  await hub.addAccount(username);
  const { status, json } = await hub.post('/sessions', { username, password: PASSWORD });
  expect(status).toBe(200);
  return json;
}

async function expectAway(hub: Hub, login: Login, check: Outage['check']): Promise<void> {
  const { refresh_token, session_id, access_token } = login;
  const { username } = login.user;
  const answers = [
    await hub.post('/sessions', { username, password: PASSWORD }),
    await hub.post('/sessions/refresh', { refresh_token }),
    // Nothing is known of this one yet.
    await hub.remove(`/sessions/${session_id}`, access_token),
  ];
  for (const { status, json, headers } of answers) {
    expect([status, json]).toEqual([
      503,
      {
        error: {
          code: expect.stringMatching(/^(?:ACCOUNTS|SESSIONS)_UNAVAILABLE$/),
          message: expect.stringMatching(/^(?:The )?\w.+ are not available\. Please try again later\.$/),
          details: {},
        },
      },
    ]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }
  expect(answers[0]?.json.error.code).toBe(CODES[check]);
  for (const path of ['/health', '/metrics', '/info', '/health/live', '/openapi.json'])
    expect([path, (await hub.get(path)).status]).toEqual([path, 200]);
  const ready = await hub.get('/health/ready');
  expect([ready.status, ready.json.error.details]).toEqual([
    503,
    { failed: expect.arrayContaining([check]) },
  ]);
  // What no store is asked for is answered as ever.
  expect((await hub.post('/sessions', {})).status).toBe(400);
  expect((await hub.post('/sessions/refresh', { refresh_token: 'x' })).status).toBe(401);
  expect((await hub.remove('/sessions/x', 'x')).status).toBe(401);
}

describe('a PostgreSQL that goes away', () => {
  test('with the accounts is 503 with Retry-After, and everything comes back by itself', async () => {
    const postgres = await startOwnPostgres();
    await migrate({ databaseUrl: postgres.url, folder: accountsMigrations });
    await expectOutage({
      environment: { ACCOUNTS_DATABASE_URL: postgres.url },
      check: 'accounts',
      goAway: () => postgres.stop(),
      comeBack: () => postgres.restart(),
      remove: () => postgres.remove(),
    });
  });

  test('with the login sessions is 503 with Retry-After, and everything comes back by itself', async () => {
    const postgres = await startOwnPostgres();
    await migrate({ databaseUrl: postgres.url, folder: HUB_MIGRATIONS });
    await expectOutage({
      environment: { PLATFORM_DATABASE_URL: postgres.url },
      check: 'login-sessions',
      goAway: () => postgres.crash(),
      comeBack: () => postgres.restart(),
      remove: () => postgres.remove(),
    });
  });
});

describeOnOwnRedis('a Redis that goes away', () => {
  test('is 503 with Retry-After, and everything comes back by itself', async () => {
    const redis = await startOwnRedis();
    await expectOutage({
      environment: { REDIS_URL: redis.url },
      check: 'login-sessions',
      goAway: () => redis.kill(),
      comeBack: () => redis.restart(),
      remove: () => redis.stop(),
    });
  });
});

describeOnOwnMongo('a MongoDB that goes away', () => {
  test('is 503 with Retry-After, and everything comes back by itself', async () => {
    const mongo = await startOwnMongo();
    await expectOutage({
      environment: { MONGO_URL: mongo.url },
      check: 'accounts',
      goAway: () => mongo.kill(),
      comeBack: () => mongo.restart(),
      remove: () => mongo.remove(),
    });
  });
});
