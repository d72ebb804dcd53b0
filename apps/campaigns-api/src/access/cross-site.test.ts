// H12, S20: without tokens, a browser is the way in for strangers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaign, type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi({
    TRAFFIC_AUTH: 'off',
    HOST: '0.0.0.0',
    PUBLIC_HOSTS: 'campaigns.example',
    CORS_ORIGINS: 'https://console.example',
  });
});
afterAll(() => service.close());

const LIST = '/api/sessions/';
const create = (headers: Record<string, string>) =>
  service.ask({ method: 'POST', url: LIST, headers, payload: campaign() });
const FORBIDDEN = 'Requests from pages of other sites may not change anything here';
const MISDIRECTED = 'The Host of the request is not one of this service';

describe('a request that changes something', () => {
  test.each([
    [{}],
    [{ origin: 'https://console.example' }],
    [{ host: 'localhost:8001', origin: 'http://localhost:8001' }],
    [{ host: 'campaigns.example', origin: 'https://campaigns.example' }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('S20 is taken with %j', async (headers) => {
    expect((await create(headers as Record<string, string>)).status).toBe(200);
  });

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'https://console.example.evil.example' }],
    [{ origin: 'https://console.example:8443' }],
    [{ origin: 'http://console.example' }],
    [{ host: 'localhost:8001', origin: 'http://localhost:9999' }],
    [{ origin: '' }],
    [{ origin: 'nonsense' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'https://console.example', 'sec-fetch-site': 'cross-site' }],
  ])('S20 is 403 with %j, and changes nothing', async (headers) => {
    const before = (await service.get(LIST)).json.length;
    const answer = await create(headers as Record<string, string>);
    expect([answer.status, answer.json]).toEqual([
      403,
      { success: false, error: FORBIDDEN, message: FORBIDDEN },
    ]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    const id = await service.create();
    for (const method of ['PUT', 'DELETE'] as const) {
      const url = `/api/sessions/${id}`;
      const payload = { name: 'theirs' };
      expect(
        (await service.ask({ method, url, headers: headers as Record<string, string>, payload })).status,
      ).toBe(403);
    }
    expect((await service.show(id)).name).toBe('Spring');
    expect((await service.get(LIST)).json).toHaveLength(before + 1);
  });

  test('S20 from a foreign page as text/plain is 403, and without an origin 400', async () => {
    const send = (headers: Record<string, string>) =>
      service.ask({ method: 'POST', url: LIST, headers, payload: JSON.stringify(campaign()) });
    const type = { 'content-type': 'text/plain' };
    expect((await send({ ...type, origin: 'https://evil.example' })).status).toBe(403);
    expect((await send(type)).status).toBe(400);
  });

  test('S20 is judged before its body is read', async () => {
    const answer = await service.ask({
      method: 'POST',
      url: LIST,
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      payload: '{"broken',
    });
    expect(answer.status).toBe(403);
  });
});

describe('a Host', () => {
  test.each([
    'localhost',
    'localhost:8001',
    'LOCALHOST:8001',
    '127.0.0.1:8001',
    '127.1.2.3',
    '[::1]:8001',
    'campaigns.example',
    'Campaigns.Example:443',
  ])('%s is ours', async (host) => {
    expect((await service.get(LIST, { host })).status).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    'campaigns.example.evil.example',
    'evilcampaigns.example',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    '[::2]',
    'localhost@evil.example',
    'localhost/',
  ])('S20 %j is answered 421, for reading too', async (host) => {
    for (const url of [LIST, '/', '/health', '/openapi.json', '/docs', '/metrics']) {
      const answer = await service.get(url, { host });
      expect([url, answer.status, answer.json]).toEqual([
        url,
        421,
        { success: false, error: MISDIRECTED, message: MISDIRECTED },
      ]);
    }
  });
});

describe('CORS', () => {
  test('lets the listed origins read answers and errors, with credentials', async () => {
    const origin = 'https://console.example';
    for (const url of [LIST, '/api/sessions/nobody', '/nothing']) {
      const { headers } = await service.get(url, { origin });
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
    }
  });

  test('answers the question before a request', async () => {
    const { status, headers } = await service.ask({
      method: 'OPTIONS',
      url: LIST,
      headers: {
        origin: 'https://console.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
      'access-control-allow-headers': 'Content-Type, Authorization',
    });
  });

  test.each(['https://evil.example', 'null', '*', 'https://console.example.evil.example'])(
    'S20 tells %s nothing, and never names everybody',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS'] as const) {
        const { headers } = await service.ask({ method, url: LIST, headers: { origin } });
        expect(headers.vary).toBe('Origin');
        for (const name of Object.keys(headers)) expect(name).not.toMatch(/^access-control-/);
      }
    },
  );
});

test('on loopback, without TRAFFIC_AUTH, the same holds', async () => {
  const open = await startCampaignsApi();
  const ask = (headers: Record<string, string>) =>
    open.ask({ method: 'POST', url: LIST, headers, payload: campaign() });
  expect((await ask({})).status).toBe(200);
  expect((await ask({ origin: 'http://localhost:5173' })).status).toBe(200);
  expect((await ask({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask({ host: 'campaigns.example' })).status).toBe(421);
  expect((await open.post('/api/traffic/token', { username: 'x', password: 'y' })).status).toBe(404);
  await open.close();
});
