// What people see while the store is away, and after it came back.
import { accountsMigrations } from '@trafficflux/accounts';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrate } from '@trafficflux/postgres';
import { describeOnOwnMongo, startOwnMongo, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { describe, expect, test } from 'vitest';
import { SESSIONS_MIGRATIONS } from '../src/stores/migrations.ts';
import { PASSWORD, type Service, startService } from './service.ts';

const TIME_LIMITS = { ACCOUNTS_CONNECT_TIMEOUT_MS: '500', ACCOUNTS_ANSWER_TIMEOUT_MS: '500' };
const removeAccount = async () => {};

describe('a store that goes away', () => {
  test('in PostgreSQL is 503 with Retry-After on every route, and everything comes back by itself', async () => {
    const postgres = await startOwnPostgres();
    for (const folder of [accountsMigrations, SESSIONS_MIGRATIONS, eventBusMigrations])
      await migrate({ databaseUrl: postgres.url, folder });
    await expectOutage({
      environment: { ACCOUNTS_DATABASE_URL: postgres.url, PLATFORM_DATABASE_URL: postgres.url },
      goAway: () => postgres.stop(),
      comeBack: () => postgres.restart(),
      remove: () => postgres.remove(),
    });
  });
});

describeOnOwnMongo('a MongoDB that goes away', () => {
  test('is 503 with Retry-After on every route, and everything comes back by itself', async () => {
    const mongo = await startOwnMongo();
    await expectOutage({
      // The bus is away all the time, and nobody notices.
      environment: { MONGO_URL: mongo.url, REDIS_URL: 'redis://127.0.0.1:1' },
      goAway: () => mongo.kill(),
      comeBack: () => mongo.restart(),
      remove: () => mongo.remove(),
    });
  });
});

interface Outage {
  readonly environment: Record<string, string>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  remove(): Promise<void>;
}

async function expectOutage({ environment, goAway, comeBack, remove }: Outage): Promise<void> {
  const service = await startService(TIME_LIMITS, { environment, removeAccount, close: remove });
  try {
    const token = await service.signUp('ada');
    const session = await service.start(token);
    await expect.poll(async () => (await service.read('/automation/status', token)).status).toBe(200);
    await goAway();
    await expectAway(service, token, session);
    await comeBack();
    for (const [route, ask] of listRoutes(service, token, session)) {
      await expect.poll(async () => [route, (await ask()).status]).toEqual([route, 200]);
    }
    expect((await service.get('/health/ready')).status).toBe(200);
  } finally {
    await service.close();
  }
}

async function expectAway(service: Service, token: string, session: string): Promise<void> {
  for (const [route, ask] of listRoutes(service, token, session)) {
    const { status, json, headers } = await ask();
    expect([route, status, json]).toEqual([route, 503, { detail: expect.stringMatching(/^The .+\.$/) }]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }
  for (const path of ['/', '/health', '/health/live', '/docs', '/openapi.json'])
    expect([path, (await service.get(path)).status]).toEqual([path, 200]);
  const ready = await service.get('/health/ready');
  expect([ready.status, Object.keys(ready.json)]).toEqual([503, ['detail']]);
  expect((await service.read('/auth/me', 'x')).status).toBe(401);
  expect((await service.post('/auth/register', {})).status).toBe(422);
}

let names = 0;

function listRoutes({ post, read, register }: Service, token: string, session: string) {
  const order = { search_keyword: 'x', target_domain: 'x.example' };
  return [
    ['POST /auth/register', () => register(`user${names++}`)],
    ['POST /auth/login', () => post('/auth/login', { username: 'ada', password: PASSWORD })],
    ['GET /auth/me', () => read('/auth/me', token)],
    ['GET /auth/my-sessions', () => read('/auth/my-sessions', token)],
    ['POST /automation/start', () => post('/automation/start', order, token)],
    ['POST /automation/start-multi', () => post('/automation/start-multi', order, token)],
    ['GET /automation/status', () => read('/automation/status', token)],
    ['GET /automation/status/{id}', () => read(`/automation/status/${session}`, token)],
    ['GET /automation/config', () => read('/automation/config', token)],
    ['POST /automation/stop/{id}', () => post(`/automation/stop/${session}`, undefined, token)],
    ['POST /automation/stop', () => post('/automation/stop', undefined, token)],
  ] as const;
}
