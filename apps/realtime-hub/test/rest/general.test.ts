// Contracts 4.2: what holds for every route.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, PASSWORD, startHub } from '../service.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

const LOGIN = '/sessions';
const REFRESH = '/sessions/refresh';
const WITH_BODY = [LOGIN, REFRESH];
const error = (code: string, message: unknown, details: object = {}) => ({
  error: { code, message, details },
});

/** Sends a body as it is, with a content type of choice. */
function send(url: string, payload: string | Buffer, contentType?: string) {
  const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
  return hub.ask({ method: 'POST', url, payload, headers });
}

describe('unknown addresses and methods', () => {
  test.each([
    '/',
    '/nothing',
    '/Health',
    '/health/',
    '/session',
    '/sessions/a/b',
    '//health',
    '/%what%',
    '/sessions/%E0%A4%A',
    '/ws/x',
  ])('GET %s is 404', async (path) => {
    const answer = await hub.get(path);
    expect([answer.status, answer.json]).toEqual([
      404,
      error('NOT_FOUND', 'There is nothing at this address.'),
    ]);
  });

  test.each([
    ['GET', LOGIN, 'OPTIONS, POST'],
    ['GET', '/sessions/x', 'DELETE, OPTIONS'],
    ['GET', REFRESH, 'DELETE, OPTIONS, POST'],
    ['POST', '/sessions/x', 'DELETE, OPTIONS'],
    ['PUT', '/health', 'GET, HEAD, OPTIONS'],
    ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/info', 'GET, HEAD, OPTIONS'],
  ] as const)('S37 %s %s is 405 with Allow', async (method, url, allow) => {
    const answer = await hub.ask({ method, url });
    expect([answer.status, answer.json]).toEqual([
      405,
      error('METHOD_NOT_ALLOWED', 'This address does not take this method.'),
    ]);
    expect(answer.headers.allow).toBe(allow);
  });
});

describe('a body', () => {
  test.each(['{"a":1', 'nonsense', "{'a': 1}", '{"a":NaN}', '', '{"__proto__":{"x":1}}'])(
    'F46 that is the broken JSON %j is 400',
    async (body) => {
      for (const url of WITH_BODY) {
        const answer = await send(url, body, 'application/json');
        expect([answer.status, answer.json]).toEqual([
          400,
          error('INVALID_REQUEST', 'The request body must be valid JSON.'),
        ]);
      }
    },
  );

  test.each(['null', '[]', '0', '"text"', 'true', '[{"username":"x","password":"x"}]'])(
    'that is no object but %s is 400',
    async (body) => {
      for (const url of WITH_BODY) {
        const answer = await send(url, body, 'application/json');
        expect([answer.status, answer.json]).toEqual([
          400,
          error('INVALID_REQUEST', 'The request body must be a JSON object.'),
        ]);
      }
    },
  );

  test('that is missing is 400', async () => {
    for (const url of WITH_BODY) {
      const answer = await hub.post(url);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    }
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'nonsense',
    'application/json foo',
    'application/json; charset=latin1',
  ])('of the content type %s is 415', async (type) => {
    for (const url of WITH_BODY) {
      const answer = await send(url, JSON.stringify({ username: 'x', password: PASSWORD }), type);
      expect([answer.status, answer.json]).toEqual([
        415,
        error('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json.'),
      ]);
    }
  });

  test('S27 over 64 KiB is 413, one of 64 KiB is read, and deeply nested JSON is answered at once', async () => {
    const exactly = `{"username":"${'x'.repeat(2 ** 16 - 15)}"}`;
    expect(exactly).toHaveLength(2 ** 16);
    for (const url of WITH_BODY) {
      expect((await send(url, exactly, 'application/json')).status).toBe(400);
      const answer = await send(url, `${exactly} `, 'application/json');
      expect([answer.status, answer.json]).toEqual([
        413,
        error('BODY_TOO_LARGE', 'The request body is too large.'),
      ]);
      expect((await send(url, '['.repeat(60_000), 'application/json')).status).toBe(400);
      const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
      expect((await send(url, nested, 'application/json')).status).toBe(400);
    }
  });

  test('S23 changes no prototype', async () => {
    for (const url of WITH_BODY) {
      await send(url, '{"constructor":{"prototype":{"polluted":1}},"username":"x"}', 'application/json');
      await send(url, '{"__proto__":{"polluted":1},"username":"x"}', 'application/json');
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    // What every object has by its prototype is no field.
    expect((await send(LOGIN, '{"toString":1}', 'application/json')).status).toBe(400);
  });
});

describe('every answer', () => {
  test('carries a request id and the security headers', async () => {
    for (const path of ['/health', '/metrics', '/info', '/nothing', '/sessions', '/openapi.json']) {
      const { headers } = await hub.get(path, { 'x-request-id': 'my.id_1-2' });
      expect(headers['x-request-id']).toBe('my.id_1-2');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('S38 of login, refresh and logout is stored by no cache, right or wrong', async () => {
    const login = await hub.signUp('fresh');
    const answers = [
      await hub.post(LOGIN, { username: 'fresh', password: PASSWORD }),
      await hub.post(LOGIN, { username: 'fresh', password: 'wrong' }),
      await hub.post(LOGIN, {}),
      await hub.post(REFRESH, { refresh_token: login.refresh_token }),
      await hub.post(REFRESH, { refresh_token: 'x' }),
      await hub.remove('/sessions/x'),
      await hub.remove(`/sessions/${login.session_id}`, login.access_token),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 200, 401, 401, 204]);
    for (const { headers } of answers) expect(headers['cache-control']).toBe('no-store');
  });

  test('S16 S34 S39 keeps passwords, tokens and hashes out of every log line and every error', async () => {
    const canary = 'canary-5d41402abc4b2a76';
    const { access_token, refresh_token, session_id } = await hub.signUp('canary');
    const answers = [
      await hub.post(LOGIN, { username: 'canary', password: canary }),
      await hub.post(LOGIN, { username: canary, password: canary }),
      await hub.post(LOGIN, { username: 5, password: canary }),
      await hub.post(LOGIN, { username: 'canary', password: [canary] }),
      await send(LOGIN, `{"password":"${canary}"`, 'application/json'),
      await send(LOGIN, `password=${canary}`, 'application/x-www-form-urlencoded'),
      await hub.post(REFRESH, { refresh_token: canary }),
      await hub.post(REFRESH, { refresh_token: access_token }),
      await hub.get(`/ws?token=${access_token}`),
      await hub.get(`/ws?access_token=${access_token}`),
      await hub.get(`/health?token=${access_token}`),
      await hub.get(`/nothing/${access_token}`),
      await hub.get('/ws', { 'sec-websocket-protocol': `access_token.${access_token}` }),
      await hub.remove(`/sessions/${session_id}`, `${access_token}x`),
      await hub.remove(`/sessions/${session_id}`, refresh_token),
      await hub.remove(`/sessions/${access_token}`, access_token),
      await hub.get('/metrics?format=prometheus'),
      await hub.get('/info'),
    ];
    const tokens = [access_token, refresh_token].flatMap((token) => [token, token.split('.')[2] ?? '']);
    for (const { text } of answers)
      for (const secret of [canary, '$2b$', ...tokens]) expect(text).not.toContain(secret);
    const log = hub.lines.join('');
    expect(log).toContain('/sessions/refresh');
    for (const secret of [canary, PASSWORD, '$2b$', ...tokens]) expect(log).not.toContain(secret);
  });

  test('S36 shows nothing of an error of ours, which stands in the log', async () => {
    const broken = await startHub();
    const { refresh_token, access_token, session_id } = await broken.signUp('ada');
    await broken.sql.query('ALTER TABLE login_sessions RENAME TO hidden');
    const answers = [
      await broken.post(LOGIN, { username: 'ada', password: PASSWORD }),
      await broken.post(REFRESH, { refresh_token }),
    ];
    await broken.sql.query('ALTER TABLE users RENAME TO hidden_users');
    answers.push(await broken.post(LOGIN, { username: 'ada', password: PASSWORD }));
    for (const { status, json } of answers)
      expect([status, json]).toEqual([500, error('INTERNAL_ERROR', 'Internal server error')]);
    const failures = broken.lines.filter((line) => line.includes('request failed'));
    expect(failures).toHaveLength(3);
    for (const line of failures) expect(line).toContain('does not exist');
    // Who nobody can be asked about is not let in, and not told why.
    const logout = await broken.remove(`/sessions/${session_id}`, access_token);
    expect([logout.status, logout.json.error.code]).toEqual([503, 'SESSIONS_UNAVAILABLE']);
    expect(logout.text).not.toContain('login_sessions');
    await broken.close();
  });
});
