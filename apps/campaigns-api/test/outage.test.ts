// H12: what people see while a store is away, and after it came back.
import { accountsMigrations } from '@trafficflux/accounts';
import { campaignMigrations } from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { migrate } from '@trafficflux/postgres';
import { describeOnOwnRedis, startOwnPostgres, startOwnRedis } from '@trafficflux/tooling/test-stores';
import { describe, expect, test } from 'vitest';
import { startWithEntries } from './entries.ts';
import { campaign, PASSWORD, type Service, startCampaignsApi } from './service.ts';

const TIME_LIMITS = {
  DATABASE_CONNECT_TIMEOUT_MS: '500',
  DATABASE_STATEMENT_TIMEOUT_MS: '1000',
  ACCOUNTS_CONNECT_TIMEOUT_MS: '500',
};

/** Those that answer 2xx for a campaign with entries, again and again. */
function listRoutes(service: Service, id: string, profile: string) {
  const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => ({
    route: `${method} ${url}`,
    ask: () => service.ask({ method, url, ...(payload && { payload }) }),
  });
  return [
    ask('GET', '/api/sessions/'),
    ask('GET', `/api/sessions/${id}`),
    ask('POST', '/api/sessions/', campaign()),
    ask('PUT', `/api/sessions/${id}`, { name: 'x' }),
    ask('GET', '/api/profiles/'),
    ask('GET', `/api/profiles/${profile}`),
    ask('POST', '/api/profiles/', { name: 'x', description: 'y' }),
    ask('PUT', `/api/profiles/${profile}`, { name: 'x' }),
    ask('POST', `/api/traffic/campaigns/${id}/log`, { message: 'x' }),
    ask('GET', `/api/traffic/campaigns/${id}/logs`),
    ask('GET', `/api/traffic/campaigns/${id}/adids`),
    ask('GET', '/api/traffic/events-log'),
    ask('GET', `/api/traffic/monitor/${id}`),
    ask('GET', `/api/traffic/status/${id}`),
    ask('GET', `/api/traffic/stats/${id}`),
    ask('GET', `/api/traffic/campaigns/${id}/info`),
    ask('GET', `/api/traffic/generated/${id}`),
    ask('GET', `/api/traffic/download/${id}`),
    ask('GET', '/api/traffic/generated'),
    ask('POST', '/api/traffic/test', { test_type: 'generate_traffic_data' }),
    ask('POST', `/api/traffic/cleanup/${id}`),
    ask('PUT', `/api/traffic/campaigns/${id}/status`, { status: 'stopped' }),
  ];
}

describe('a PostgreSQL that goes away', () => {
  test('is 503 with Retry-After on every route, and everything comes back by itself', async () => {
    const postgres = await startOwnPostgres();
    for (const folder of [campaignMigrations, eventBusMigrations, accountsMigrations])
      await migrate({ databaseUrl: postgres.url, folder });
    await migrateJobQueue({ databaseUrl: postgres.url, log: () => {} });
    const service = await startCampaignsApi(TIME_LIMITS, postgres.url);
    const { id } = await startWithEntries(service, 5);
    const profile = (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json.id;
    const routes = listRoutes(service, id, profile);
    for (const { route, ask } of routes) expect([route, (await ask()).status < 300]).toEqual([route, true]);

    await postgres.stop();
    for (const { route, ask } of routes) {
      const { status, json, headers } = await ask();
      const error = 'The database is not available. Please try again later.';
      expect([route, status, json]).toEqual([route, 503, { success: false, error, message: error }]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    for (const answer of [
      await service.remove(`/api/sessions/${id}`),
      await service.remove(`/api/profiles/${profile}`),
      await service.post('/api/traffic/generate', { campaign_id: id }),
      await service.post(`/api/traffic/stop/${id}`),
      await service.post(`/api/traffic/resume/${id}`),
    ])
      expect([answer.status, Object.keys(answer.json)]).toEqual([503, ['success', 'error', 'message']]);
    await expectUnhealthy(service);
    for (const path of [
      '/',
      '/health',
      '/api/health',
      '/api/endpoints',
      '/health/live',
      '/docs',
      '/openapi.json',
    ])
      expect([path, (await service.get(path)).status]).toEqual([path, 200]);
    const ready = await service.get('/health/ready');
    expect([ready.status, ready.json]).toEqual([503, expect.objectContaining({ success: false })]);
    expect((await service.post('/api/sessions/', {})).status).toBe(400);

    await postgres.restart();
    for (const { route, ask } of routes)
      await expect.poll(async () => [route, (await ask()).status < 300]).toEqual([route, true]);
    expect(await service.show(id)).toMatchObject({ id, name: 'x' });
    for (const path of ['/health/ready', '/api/traffic/health'])
      expect([path, (await service.get(path)).status]).toEqual([path, 200]);

    postgres.freeze();
    await expectUnhealthy(service);
    expect((await service.get(`/api/sessions/${id}`)).status).toBe(503);
    postgres.thaw();
    await expect.poll(async () => (await service.get(`/api/sessions/${id}`)).status).toBe(200);
    await service.close();
    await postgres.remove();
  });
});

/** The one route that does not answer 503. */
async function expectUnhealthy(service: Service): Promise<void> {
  const { status, json } = await service.get('/api/traffic/health');
  expect([status, json]).toEqual([
    500,
    { success: false, status: 'unhealthy', error: expect.any(String), message: json.error },
  ]);
}

interface Queue {
  readonly environment: Record<string, string>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  remove(): Promise<void>;
}

/** Nothing is begun that nobody may hear of, and everything else goes on. */
async function expectQueueOutage({ environment, goAway, comeBack, remove }: Queue): Promise<void> {
  const service = await startCampaignsApi(environment);
  const { id: running } = await startWithEntries(service, 5);
  const id = await service.create();
  await service.setStatus(id, 'running');
  const generate = () => service.post('/api/traffic/generate', { campaign_id: id });
  await goAway();

  const { status, json, headers } = await generate();
  const error = 'The queue is not available. Please try again later.';
  expect([status, json]).toEqual([503, { success: false, error, message: error }]);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect((await service.get(`/api/traffic/status/${id}`)).json.data.is_running).toBe(false);

  const profile = (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json.id;
  for (const { route, ask } of listRoutes(service, running, profile))
    expect([route, (await ask()).status < 300]).toEqual([route, true]);
  expect((await service.get('/api/traffic/health')).status).toBe(200);
  expect((await service.remove(`/api/sessions/${running}`)).status).toBe(200);

  await comeBack();
  await expect.poll(async () => (await generate()).status).toBe(200);
  expect((await service.post(`/api/traffic/stop/${id}`)).status).toBe(200);
  await service.close();
  await remove();
}

describe('a queue that goes away', () => {
  test('on PostgreSQL is 503 for what begins a run, and for nothing else', async () => {
    const postgres = await startOwnPostgres();
    await migrate({ databaseUrl: postgres.url, folder: eventBusMigrations });
    await migrateJobQueue({ databaseUrl: postgres.url, log: () => {} });
    await expectQueueOutage({
      environment: { PLATFORM_DATABASE_URL: postgres.url },
      goAway: () => postgres.stop(),
      comeBack: () => postgres.restart(),
      remove: () => postgres.remove(),
    });
  });
});

describeOnOwnRedis('a queue that goes away', () => {
  test('on Redis is 503 for what begins a run, and for nothing else', async () => {
    const redis = await startOwnRedis();
    await expectQueueOutage({
      environment: { REDIS_URL: redis.url },
      goAway: () => redis.kill(),
      comeBack: () => redis.restart(),
      remove: () => redis.stop(),
    });
  });
});

describe('accounts that go away', () => {
  test('are 503 with Retry-After for logins and tokens, never a 500 nor a 401', async () => {
    const accounts = await startOwnPostgres();
    await migrate({ databaseUrl: accounts.url, folder: accountsMigrations });
    const service = await startCampaignsApi({
      ...TIME_LIMITS,
      TRAFFIC_AUTH: 'required',
      ACCOUNTS_DATABASE_URL: accounts.url,
    });
    await service.addAccount('ada', ['operator']);
    const token = await service.logIn('ada');
    expect((await service.read('/api/sessions/', token)).status).toBe(200);
    await accounts.stop();
    for (const answer of [
      await service.read('/api/sessions/', token),
      await service.post('/api/traffic/token', { username: 'ada', password: PASSWORD }),
    ]) {
      const error = 'The accounts are not available. Please try again later.';
      expect([answer.status, answer.json]).toEqual([503, { success: false, error, message: error }]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    await accounts.restart();
    await expect.poll(async () => (await service.read('/api/sessions/', token)).status).toBe(200);
    await service.close();
    await accounts.remove();
  });
});
