// Contracts, sections 3.0 and 3.3: what holds for every route.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, type Service, startService } from './service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.signUp('ada');
});
afterAll(() => service.close());

const START = '/automation/start';
const MULTI = '/automation/start-multi';
const REGISTER = '/auth/register';
const LOGIN = '/auth/login';
const WITH_BODY = [START, MULTI, REGISTER, LOGIN];

/** Sends a body as it is, with a content type of choice. */
function send(url: string, payload: string | Buffer, contentType?: string) {
  const headers = { authorization: `Bearer ${token}`, ...(contentType && { 'content-type': contentType }) };
  return service.ask({ method: 'POST', url, payload, headers });
}

describe('public routes', () => {
  test('GET /health says that it runs', async () => {
    const answer = await service.get('/health');
    expect([answer.status, answer.json]).toEqual([
      200,
      { status: 'healthy', message: 'TrafficFlux Session Runner is running' },
    ]);
  });

  test('GET / says what it is', async () => {
    const answer = await service.get('/');
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        name: 'TrafficFlux Session Runner',
        version: '2.0.0',
        description: 'Automated session runner with JWT authentication',
        docs: '/docs',
        redoc: '/redoc',
      },
    ]);
  });

  test('GET /health/ready asks the store', async () => {
    expect((await service.get('/health/ready')).status).toBe(200);
  });

  test('GET /metrics shows the gauges of pool and line', async () => {
    const { text } = await service.get('/metrics');
    expect(text).toMatch(/^session_runner_pool_threads\S* 4$/m);
    expect(text).toMatch(/^session_runner_waiting_journeys\S* 0$/m);
  });
});

describe('protected routes', () => {
  test.each([
    ['GET', '/auth/me'],
    ['GET', '/auth/my-sessions'],
    ['GET', '/auth/my-sessions?limit=0'],
    ['POST', START],
    ['POST', MULTI],
    ['GET', '/automation/status'],
    ['GET', '/automation/status/x'],
    ['POST', '/automation/stop'],
    ['POST', '/automation/stop/x'],
    ['GET', '/automation/config'],
  ] as const)('%s %s needs a token, before anything else is looked at', async (method, url) => {
    const bare = await service.ask({ method, url, ...(method === 'POST' && { payload: 'nonsense' }) });
    expect([bare.status, bare.json]).toEqual([401, { detail: 'Not authenticated' }]);
    expect(bare.headers['www-authenticate']).toBe('Bearer');
    const wrong = await service.ask({ method, url, headers: { authorization: 'Bearer x' } });
    expect([wrong.status, wrong.json]).toEqual([401, { detail: 'Could not validate credentials' }]);
    expect(wrong.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('unknown addresses and methods', () => {
  test.each(['/nothing', '/Auth/me', '/automation', '/auth', '//auth/me', '/auth/%what%', '/auth/me/x'])(
    'GET %s is 404',
    async (path) => {
      const answer = await service.get(path);
      expect([answer.status, answer.json]).toEqual([404, { detail: 'Not Found' }]);
    },
  );

  test.each([
    ['GET', REGISTER, 'OPTIONS, POST'],
    ['DELETE', '/auth/me', 'GET, HEAD, OPTIONS'],
    ['GET', '/automation/stop', 'OPTIONS, POST'],
    ['PUT', '/automation/status/x', 'GET, HEAD, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
  ] as const)('S37 %s %s is 405 with Allow', async (method, url, allow) => {
    const answer = await service.ask({ method, url });
    expect([answer.status, answer.json]).toEqual([405, { detail: 'Method Not Allowed' }]);
    expect(answer.headers.allow).toBe(allow);
  });

  test.each([
    ['GET', '/auth/me/', '/auth/me'],
    ['GET', '/auth/my-sessions/?limit=3', '/auth/my-sessions?limit=3'],
    ['POST', '/automation/start/', START],
    ['GET', '/automation/status/', '/automation/status'],
    ['POST', '/automation/stop/', '/automation/stop'],
    ['GET', '/automation/status/abc/', '/automation/status/abc'],
    ['GET', '/health/', '/health'],
  ] as const)('%s %s is redirected to the path without its slash', async (method, url, location) => {
    const answer = await service.ask({ method, url });
    expect([answer.status, answer.headers.location, answer.text]).toEqual([307, location, '']);
  });

  test.each(['//evil.example/', '//evil.example/auth/me/', '/nothing/'])(
    'GET %s is redirected nowhere',
    async (path) => {
      const answer = await service.get(path);
      expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
    },
  );
});

describe('a body', () => {
  const item = (type: string, msg: string, loc: string[], rest = {}) => ({
    detail: [{ type, loc, msg, ...rest }],
  });
  const NO_BODY = item('missing', 'Field required', ['body']);
  const NO_JSON = item('json_invalid', 'JSON decode error', ['body'], { input: {} });
  const NO_OBJECT = item(
    'model_attributes_type',
    'Input should be a valid dictionary or object to extract fields from',
    ['body'],
  );

  test.each(WITH_BODY)('that is missing is 422 at %s', async (url) => {
    for (const answer of [
      await service.post(url, undefined, token),
      await send(url, '', 'application/json'),
      await send(url, 'null', 'application/json'),
    ]) {
      expect([answer.status, answer.json]).toEqual([422, NO_BODY]);
    }
  });

  test.each(['{"a":1', 'nonsense', "{'a': 1}", '{"a":NaN}', '\ufeff{}', '{"__proto__":{"x":1}}'])(
    'that is the broken JSON %j is 422',
    async (body) => {
      for (const url of WITH_BODY) {
        const answer = await send(url, body, 'application/json');
        expect([answer.status, answer.json]).toEqual([422, NO_JSON]);
      }
    },
  );

  test.each(['[]', '0', '"text"', 'true', '[{"username":"x","password":"x"}]'])(
    'that is no object but %s is 422, and not sent back',
    async (body) => {
      for (const url of WITH_BODY) {
        const answer = await send(url, body, 'application/json');
        expect([answer.status, answer.json]).toEqual([422, NO_OBJECT]);
      }
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'nonsense',
    'application/json foo',
    undefined,
  ])('of the content type %s is 422', async (type) => {
    for (const url of WITH_BODY) {
      const answer = await send(url, JSON.stringify({ username: 'x', password: PASSWORD }), type);
      expect([answer.status, answer.json]).toEqual([422, NO_OBJECT]);
    }
  });

  test('S27 over 1 MiB is 413, and deeply nested JSON is answered at once', async () => {
    for (const url of [...WITH_BODY, '/automation/stop']) {
      const answer = await send(url, `{"x":"${'x'.repeat(2 ** 20)}"}`, 'application/json');
      expect([answer.status, answer.json]).toEqual([413, { detail: 'Request body is too large' }]);
    }
    expect((await send(START, '['.repeat(100_000), 'application/json')).status).toBe(422);
    expect(
      (await send(START, `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'application/json')).status,
    ).toBe(422);
  });

  test('S23 changes no prototype', async () => {
    await send(LOGIN, '{"constructor":{"prototype":{"polluted":1}},"username":"x"}', 'application/json');
    await send(LOGIN, '{"__proto__":{"polluted":1},"username":"x"}', 'application/json');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('every answer', () => {
  test('carries a request id and the security headers', async () => {
    for (const path of ['/', '/nothing', '/auth/me', '/auth/me/', '/openapi.json']) {
      const { headers } = await service.get(path, { 'x-request-id': 'my.id_1-2' });
      expect(headers['x-request-id']).toBe('my.id_1-2');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('S39 keeps passwords and tokens out of every log line and every error', async () => {
    const canary = 'canary-5d41402abc4b2a76';
    await service.register('canary', { password: canary });
    const secretToken = await service.login('canary', canary);
    const answers = [
      await service.register('canary', { password: canary }),
      await service.post(LOGIN, { username: 'canary', password: `${canary}x` }),
      await service.post(LOGIN, { username: 5, password: canary }),
      await service.post(REGISTER, { username: 'x', email: 'x', password: `${canary}${'x'.repeat(72)}` }),
      await service.post(REGISTER, { username: 'x', email: 'x', password: [canary] }),
      await send(LOGIN, `{"password":"${canary}"`, 'application/json'),
      await send(LOGIN, `password=${canary}`, 'application/x-www-form-urlencoded'),
      await send(LOGIN, `["${canary}"]`, 'application/json'),
      await service.get(`/auth/me?access_token=${secretToken}`),
      await service.read('/auth/me', secretToken),
    ];
    for (const answer of answers) expect(answer.text).not.toContain(canary);
    const log = service.lines.join('');
    expect(log).toContain('/auth/register');
    for (const secret of [canary, secretToken, secretToken.split('.')[2]]) expect(log).not.toContain(secret);
  });

  test('S36 shows nothing of an error of ours, which stands in the log', async () => {
    const broken = await startService();
    const secretToken = await broken.signUp('ada');
    await broken.breakAccounts?.();
    const answers = [
      [await broken.register('bob'), 'Failed to create user'],
      [await broken.post(LOGIN, { username: 'ada', password: PASSWORD }), 'Internal Server Error'],
      [await broken.read('/auth/me', secretToken), 'Internal Server Error'],
    ] as const;
    for (const [{ status, json }, detail] of answers) expect([status, json]).toEqual([500, { detail }]);
    const failures = broken.lines.filter(
      (line) => JSON.parse(line).level === 'error' || line.includes('request failed'),
    );
    expect(failures).toHaveLength(3);
    for (const line of failures) expect(line).toContain('does not exist');
    await broken.close();
  });
});
