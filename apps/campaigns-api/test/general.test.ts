// Contracts 2.0: what holds for every route.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaign, type Service, startCampaignsApi } from './service.ts';

let service: Service;
let id: string;
beforeAll(async () => {
  service = await startCampaignsApi();
  id = await service.create();
});
afterAll(() => service.close());

const LIST = '/api/sessions/';
const toError = (error: string) => ({ success: false, error, message: error });

/** Sends a body as it is, with a content type of choice. */
function send(url: string, payload: string | Buffer, type?: string, method: 'POST' | 'PUT' = 'POST') {
  return service.ask({
    method,
    url,
    payload,
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });
}

describe('general routes', () => {
  test('GET / says what it is', async () => {
    const { status, json } = await service.get('/');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      success: true,
      name: 'Traffic Campaigns API',
      version: '1.0.0',
      docs: '/docs',
    });
  });

  test.each(['/health', '/api/health'])('GET %s says that it runs', async (path) => {
    const { status, json } = await service.get(path);
    expect([status, json]).toEqual([
      200,
      {
        status: 'healthy',
        version: '1.0.0',
        cors_origins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
      },
    ]);
  });

  test('GET /api/endpoints names every documented operation', async () => {
    const { endpoints } = (await service.get('/api/endpoints')).json;
    const { paths } = (await service.get('/openapi.json')).json;
    const documented = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const named = endpoints.map(({ method, path }: Record<string, string>) => `${method} ${path}`);
    expect(named.sort()).toEqual(documented.sort());
    for (const { description } of endpoints) expect(description).not.toBe('');
  });

  test('GET /health/ready asks the database', async () => {
    expect((await service.get('/health/ready')).status).toBe(200);
  });
});

describe('unknown addresses and methods', () => {
  test.each([
    ['/api/nothing', 'API endpoint /api/nothing does not exist'],
    ['/api/traffic?x=1', 'API endpoint /api/traffic does not exist'],
    ['/api/sessions/a/b', 'API endpoint /api/sessions/a/b does not exist'],
    ['/nothing', 'The URL /nothing does not exist'],
    ['//api/sessions', 'The URL //api/sessions does not exist'],
    ['/api/sessions/%what%', 'The requested URL does not exist'],
  ])('GET %s is 404', async (path, error) => {
    const answer = await service.get(path);
    expect([answer.status, answer.json]).toEqual([404, toError(error)]);
  });

  test.each([
    ['PATCH', LIST, 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/sessions/x', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['DELETE', '/api/profiles', 'GET, HEAD, OPTIONS, POST'],
    ['TRACE', '/api/profiles/x', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['GET', '/api/traffic/campaigns/x/log', 'OPTIONS, POST'],
  ] as const)('S37 %s %s is 405 with Allow', async (method, url, allow) => {
    const answer = await service.ask({ method: method as 'GET', url });
    expect([answer.status, answer.json]).toEqual([
      405,
      toError('The method is not allowed for the requested URL'),
    ]);
    expect(answer.headers.allow).toBe(allow);
  });
});

describe('a body', () => {
  const targets = () =>
    [
      [LIST, 'POST'],
      [`/api/sessions/${id}`, 'PUT'],
      ['/api/profiles/', 'POST'],
      [`/api/traffic/campaigns/${id}/log`, 'POST'],
    ] as const;

  test.each([
    ['', 'application/json', 'No data provided'],
    ['{}', 'application/json', 'No data provided'],
    ['null', 'application/json', 'No data provided'],
    ['[]', 'application/json', 'Request body must be a JSON object'],
    ['"text"', 'application/json', 'Request body must be a JSON object'],
    ['5', 'application/json', 'Request body must be a JSON object'],
    ['{"name":', 'application/json', 'Invalid JSON body'],
    ['nonsense', 'application/json', 'Invalid JSON body'],
    ['{"a":NaN}', 'application/json', 'Invalid JSON body'],
    ['\ufeff{}', 'application/json', 'Invalid JSON body'],
    ['{"__proto__":{"x":1}}', 'application/json', 'Invalid JSON body'],
    ['{"constructor":{"prototype":{"x":1}}}', 'application/json', 'Invalid JSON body'],
    ['{"name":"x"}', 'text/plain', 'Invalid JSON body'],
    ['{"name":"x"}', 'application/x-www-form-urlencoded', 'Invalid JSON body'],
    ['{"name":"x"}', 'application/json; charset=latin1', 'Invalid JSON body'],
    ['{"name":"x"}', 'nonsense', 'Invalid JSON body'],
    ['{"name":"x"}', undefined, 'Invalid JSON body'],
  ])('%j of type %s is 400', async (payload, type, error) => {
    for (const [url, method] of targets()) {
      const answer = await send(url, payload, type, method);
      expect([url, answer.status, answer.json]).toEqual([url, 400, toError(error)]);
    }
  });

  test('that is not sent at all is 400', async () => {
    for (const [url, method] of targets()) {
      const answer = await service.ask({ method, url });
      expect([answer.status, answer.json]).toEqual([400, toError('No data provided')]);
    }
  });

  test('S27 over 1 MiB is 413, and deeply nested JSON is answered at once', async () => {
    for (const [url, method] of targets()) {
      const large = await send(url, `{"x":"${'x'.repeat(2 ** 20)}"}`, 'application/json', method);
      expect([large.status, large.json]).toEqual([413, toError('Request body is too large')]);
      const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
      expect((await send(url, deep, 'application/json', method)).status).toBe(400);
    }
  });

  test.each([undefined, 'text/plain', 'application/json', 'nonsense'])(
    'of type %s is thrown away where none is documented',
    async (type) => {
      const [session, profile] = [
        await service.create(),
        (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json.id,
      ];
      for (const url of [`/api/sessions/${session}`, `/api/profiles/${profile}`]) {
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
        expect((await service.ask({ method: 'DELETE', url, headers, payload: 'nonsense' })).status).toBe(200);
      }
    },
  );

  test('S23 changes no prototype', async () => {
    await send(LIST, '{"constructor":{"prototype":{"polluted":1}},"name":"x"}', 'application/json');
    await send(LIST, '{"__proto__":{"polluted":1},"name":"x"}', 'application/json');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((await service.post(LIST, campaign())).json).not.toHaveProperty('polluted');
  });
});

describe('S26 quotes and SQL', () => {
  test.each([
    `Robert'); DROP TABLE campaigns;--`,
    '{"$ne":null}',
    '<script>alert(1)</script>',
    '\u2028 ü 😀 \\u0000 %00 $x {{y}}',
  ])('in every text are kept verbatim: %j', async (odd) => {
    const session = {
      name: odd,
      target_url: `https://example.com/?q=${encodeURIComponent(odd)}`,
      geo_locations: [odd],
      config: { [odd]: odd },
      rtb_config: { ua: odd },
      user_agents: [odd],
      referrers: [odd],
      campaign_referrers: { [odd]: [odd] },
      log_format: odd,
    };
    expect(await service.show(await service.create(session))).toMatchObject(session);
    const profile = { name: odd, description: odd, demographics: { interests: [odd] } };
    const { json } = await service.post('/api/profiles/', profile);
    expect((await service.get(`/api/profiles/${json.id}`)).json).toMatchObject(profile);
  });
});

describe('every answer', () => {
  test('carries a request id and the security headers', async () => {
    for (const path of ['/', '/nothing', LIST, '/api/sessions/nobody', '/openapi.json']) {
      const { headers } = await service.get(path, { 'x-request-id': 'my.id_1-2' });
      expect(headers['x-request-id']).toBe('my.id_1-2');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('S36 shows nothing of an error of ours, which stands in the log', async () => {
    const broken = await startCampaignsApi();
    await broken.sql.query('ALTER TABLE campaigns RENAME TO hidden_campaigns');
    for (const answer of [
      await broken.get(LIST),
      await broken.get('/api/sessions/x'),
      await broken.post(LIST, campaign()),
    ])
      expect([answer.status, answer.json]).toEqual([500, toError('Internal server error')]);
    const errors = broken.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
    expect(errors.map(({ msg, status }) => [msg, status])).toEqual(Array(3).fill(['request failed', 500]));
    expect(broken.lines.join('')).not.toContain(broken.databaseUrl);
    await broken.close();
  });
});
