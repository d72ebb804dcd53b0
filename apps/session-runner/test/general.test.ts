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

describe('what is wrong with a start', () => {
  const RIGHT = { search_keyword: 'keyboard', target_domain: 'shop.example' };
  const detailOf = async (body: object, url = MULTI) => {
    const { status, json } = await service.post(url, body, token);
    return [status, json.detail];
  };
  const missing = (field: string) => ({ type: 'missing', loc: ['body', field], msg: 'Field required' });
  const wrong = (field: string, type: string, msg: string, input: unknown) => ({
    type,
    loc: ['body', field],
    msg,
    input,
  });

  test('is told for each field at once, in their order', async () => {
    expect(await detailOf({ thread_count: 'x' })).toEqual([
      422,
      [
        missing('search_keyword'),
        missing('target_domain'),
        wrong(
          'thread_count',
          'int_parsing',
          'Input should be a valid integer, unable to parse string as an integer',
          'x',
        ),
      ],
    ]);
    expect(await detailOf({ target_domain: 5, search_keyword: null }, START)).toEqual([
      422,
      [
        wrong('search_keyword', 'string_type', 'Input should be a valid string', null),
        wrong('target_domain', 'string_type', 'Input should be a valid string', 5),
      ],
    ]);
  });

  test.each([
    [2.5, 'int_from_float', 'Input should be a valid integer, got a number with a fractional part'],
    ['x', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['2.5', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    [null, 'int_type', 'Input should be a valid integer'],
    [true, 'int_type', 'Input should be a valid integer'],
    [false, 'int_type', 'Input should be a valid integer'],
    [[1], 'int_type', 'Input should be a valid integer'],
    [{}, 'int_type', 'Input should be a valid integer'],
  ])('a thread_count of %j is %s', async (thread_count, type, msg) => {
    expect(await detailOf({ ...RIGHT, thread_count })).toEqual([
      422,
      [wrong('thread_count', type, msg, thread_count)],
    ]);
  });

  test('a thread_count of 1e999 is no finite number', async () => {
    const body = JSON.stringify({ ...RIGHT, thread_count: 'X' }).replace('"X"', '1e999');
    const { status, json } = await send(MULTI, body, 'application/json');
    expect([status, json.detail[0].type]).toEqual([422, 'finite_number']);
  });

  test.each(['search_keyword', 'target_domain'])('a blank %s is 422', async (field) => {
    for (const value of ['', '  ', '\n\t']) {
      expect(await detailOf({ ...RIGHT, [field]: value }, START)).toEqual([
        422,
        [wrong(field, 'string_too_short', 'String should have at least 1 character', value)],
      ]);
    }
  });

  test.each([
    ['search_keyword', 'x'.repeat(501), 'string_too_long'],
    ['target_domain', `http://x/${'x'.repeat(2048)}`, 'string_too_long'],
    ['search_keyword', 'a\u0000b', 'string_unicode'],
    ['search_keyword', '\ud800', 'string_unicode'],
  ])('F49 a %s that no store keeps is 422', async (field, value, type) => {
    const [status, detail] = await detailOf({ ...RIGHT, [field]: value });
    expect([status, detail[0].type, detail[0].loc]).toEqual([422, type, ['body', field]]);
    expect((await service.post(START, RIGHT, token)).status).toBe(200);
  });

  test('counts code points: a keyword of 500 emoji is not too long', async () => {
    expect((await service.post(START, { ...RIGHT, search_keyword: '😀'.repeat(500) }, token)).status).toBe(
      200,
    );
    expect((await detailOf({ ...RIGHT, search_keyword: '😀'.repeat(501) }))[0]).toBe(422);
  });

  test.each([
    'ftp://shop.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    'http://a b/',
    'gopher://127.0.0.1/',
  ])('S30 the target %s is 422', async (target_domain) => {
    const [status, detail] = await detailOf({ ...RIGHT, target_domain });
    expect([status, detail]).toMatchObject([422, [{ type: 'url_parsing', input: target_domain }]]);
  });

  test('S30 a target with a user name or a password is 422, and not sent back', async () => {
    for (const target_domain of ['http://bob:secret-word@shop.example/', 'bob:secret-word@shop.example']) {
      const answer = await service.post(START, { ...RIGHT, target_domain }, token);
      expect([answer.status, answer.json.detail[0].type]).toEqual([422, 'url_parsing']);
      expect(answer.text).not.toContain('secret-word');
    }
  });

  test.each([
    'shop.example',
    'shop.example:8080/path?q=1',
    'https://shop.example/products/keyboard.html',
    'HTTP://SHOP.example',
    '127.0.0.1',
    '[::1]:80',
    '::1',
  ])('the target %s is taken', async (target_domain) => {
    const answer = await service.post(START, { ...RIGHT, target_domain }, token);
    expect([answer.status, answer.json.target_domain]).toEqual([200, target_domain]);
    await service.post('/automation/stop', undefined, token);
  });

  test.each([
    'http://0.0.0.0/',
    'http://[::]/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://017700000001/',
    'http://0/',
    'http://[::ffff:7f00:1]/',
    'http://localhost./',
  ])('S30 F68 the target %s is only ever rehearsed', async (target_domain) => {
    const answer = await service.post(START, { ...RIGHT, target_domain }, token);
    expect([answer.status, answer.json.driver]).toEqual([200, 'dry-run']);
  });

  test('S24 answers wrong types, lone surrogates and large numbers with 4xx', async () => {
    const odd = ['"\\ud800"', '9007199254740992', '1e999', '[]', '{}', '[[1]]', 'true', '"NaN"', '-0.5'];
    for (const value of odd) {
      for (const field of ['search_keyword', 'target_domain', 'thread_count']) {
        const fields = {
          search_keyword: '"x"',
          target_domain: '"x.example"',
          thread_count: '1',
          [field]: value,
        };
        const body = `{${Object.entries(fields)
          .map(([key, text]) => `"${key}":${text}`)
          .join(',')}}`;
        const { status } = await send(MULTI, body, 'application/json');
        const isRight = value === '"NaN"' && field !== 'thread_count';
        expect([body, isRight ? status === 200 : status === 422 || status === 400]).toEqual([body, true]);
      }
    }
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
