// H12: what people see while a store is away, and after it came back.
import { accountsMigrations } from '@trafficflux/accounts';
import { campaignMigrations } from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { migrate } from '@trafficflux/postgres';
import { startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { describe, expect, test } from 'vitest';
import { campaign, PASSWORD, type Service, startCampaignsApi } from './service.ts';

const TIME_LIMITS = {
  DATABASE_CONNECT_TIMEOUT_MS: '500',
  DATABASE_STATEMENT_TIMEOUT_MS: '1000',
  ACCOUNTS_CONNECT_TIMEOUT_MS: '500',
};

function listRoutes(service: Service, id: string, profile: string, token?: string) {
  const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => ({
    route: `${method} ${url}`,
    ask: () =>
      service.ask({
        method,
        url,
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
        ...(payload && { payload }),
      }),
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
  ];
}

describe('a PostgreSQL that goes away', () => {
  test('is 503 with Retry-After on every route, and everything comes back by itself', async () => {
    const postgres = await startOwnPostgres();
    for (const folder of [campaignMigrations, eventBusMigrations, accountsMigrations])
      await migrate({ databaseUrl: postgres.url, folder });
    await migrateJobQueue({ databaseUrl: postgres.url, log: () => {} });
    const service = await startCampaignsApi(TIME_LIMITS, postgres.url);
    const id = await service.create();
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
    const gone = await service.remove(`/api/sessions/${id}`);
    expect(gone.status).toBe(503);
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
    expect((await service.get('/health/ready')).status).toBe(200);
    await service.close();
    await postgres.remove();
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
