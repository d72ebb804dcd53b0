import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { book, type Service, startService } from './service.ts';

let service: Service;
let token: string;
const NOT_FOUND =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';

beforeAll(async () => {
  service = await startService();
  token = await service.signUp();
  await service.post('/authors', { id: 1, name: 'One' }, token);
  await service.post('/books', book(), token);
});
afterAll(() => service.close());

/** Sends a body as it is, with a content type of choice. */
function send(
  payload: string | Buffer,
  contentType?: string,
  url = '/authors',
  method: 'POST' | 'PUT' = 'POST',
) {
  const headers = { authorization: `Bearer ${token}`, ...(contentType && { 'content-type': contentType }) };
  return service.ask({ method, url, payload, headers });
}

test('GET / welcomes in plain text, announced as HTML', async () => {
  const answer = await service.get('/');
  expect([answer.status, answer.text]).toEqual([200, 'Welcome to the Books API!']);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
});

describe('unknown addresses', () => {
  test.each([
    '/nothing',
    '/books/',
    '/books/abc',
    '/books/-1',
    '/books/1.5',
    '/books/1e3',
    '/authors/x/books',
    '/authors/1/books/',
    '/Books',
  ])('GET %s is 404', async (path) => {
    const answer = await service.get(path);
    expect([answer.status, answer.json]).toEqual([404, { error: NOT_FOUND }]);
  });

  test('an address without digits is 404 before the token is looked at', async () => {
    expect((await service.put('/books/abc', {})).status).toBe(404);
  });

  test.each([
    ['/books/%what%', 404],
    ['/books/%E0%A4%A', 404],
    ['/books/a%2Fb', 404],
    [`/books/${'1'.repeat(101)}`, 404],
    [`/books/${'x'.repeat(101)}`, 404],
    [`/books/${'1'.repeat(600)}`, 404],
    ['/books/%00', 404],
    ['//books', 404],
  ])('F53 answers the odd path %s in the format of the API', async (path, status) => {
    const answer = await service.get(path);
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.json)).toEqual(['error']);
  });
});

describe('methods', () => {
  test.each([
    ['PATCH', '/books', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/books', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/books/1', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['GET', '/register', 'OPTIONS, POST'],
    ['TRACE', '/auth/login', 'OPTIONS, POST'],
  ] as const)('S37 %s %s is 405 with Allow', async (method, url, allow) => {
    const answer = await service.ask({ method: method as 'GET', url });
    expect([answer.status, answer.json]).toEqual([
      405,
      { error: 'The method is not allowed for the requested URL.' },
    ]);
    expect(answer.headers.allow).toBe(allow);
  });

  test('HEAD answers as GET does, without the body', async () => {
    for (const url of ['/', '/books', '/books/1', '/authors/1/books', '/books/9']) {
      const [head, get] = [await service.ask({ method: 'HEAD', url }), await service.get(url)];
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers['content-length']).toEqual(get.headers['content-length']);
      expect(head.headers['content-type']).toEqual(get.headers['content-type']);
    }
  });

  test('OPTIONS tells what is allowed', async () => {
    const answer = await service.ask({ method: 'OPTIONS', url: '/books/1' });
    expect([answer.status, answer.headers.allow]).toEqual([200, 'DELETE, GET, HEAD, OPTIONS, PUT']);
  });
});

describe('bodies', () => {
  test.each(['{}', '[]', 'null', '0', '""', '[1]', '"text"', '42', 'true', '{"id":1', '', 'nonsense'])(
    'answers the body %j with 400',
    async (body) => {
      for (const [url, method] of [
        ['/authors', 'POST'],
        ['/books/1', 'PUT'],
        ['/register', 'POST'],
        ['/auth/login', 'POST'],
      ] as const) {
        const answer = await send(body, 'application/json', url, method);
        expect([answer.status, answer.json]).toEqual([400, { error: 'Request body must be JSON' }]);
      }
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'application/xml',
  ])('answers the content type %s with 415', async (contentType) => {
    const answer = await send('{"id":2,"name":"x"}', contentType);
    expect([answer.status, answer.json]).toEqual([415, { error: 'Content-Type must be application/json' }]);
  });

  test('F43 lets no odd spelling of the content type past the rules', async () => {
    const spellings = [
      'application/json; charset=utf-8',
      'Application/JSON ;x=1',
      'application/json foo',
      'application/json\t;x',
    ];
    for (const [index, spelling] of spellings.entries()) {
      const bad = await send('{"id":5,"name":{"x":1}}', spelling);
      expect([400, 415]).toContain(bad.status);
      const good = await send(`{"id":${60 + index},"name":"x"}`, spelling);
      expect(good.status).toBe(index < 2 ? 201 : 415);
    }
  });

  test('F44 answers a POST without a body with 400', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-length': '0' };
    const answer = await service.ask({ method: 'POST', url: '/books', headers });
    expect([answer.status, answer.json]).toEqual([400, { error: 'Request body must be JSON' }]);
  });

  test('F46 refuses a byte-order mark and __proto__', async () => {
    const withMark = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"id":6,"name":"x"}')]);
    expect((await send(withMark, 'application/json')).status).toBe(400);
    expect((await send('{"__proto__":{"admin":true},"id":6,"name":"x"}', 'application/json')).status).toBe(
      400,
    );
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  test('F49 refuses NUL in text, and answers the next request', async () => {
    const bodies = [
      book({ id: 9, title: 'a\u0000b' }),
      book({ id: 9, genres: ['a\u0000b'] }),
      { id: 9, name: 'x\u0000' },
      { username: 'a\u0000b', password: 'x' },
    ];
    for (const [index, body] of bodies.entries()) {
      const url = ['/books', '/books', '/authors', '/register'][index] ?? '';
      expect((await service.post(url, body, token)).status).toBe(400);
      expect((await service.get('/books/1')).status).toBe(200);
    }
    expect((await service.get('/books?author=%00')).status).toBe(200);
  });

  test('S24 answers wrong types, lone surrogates and large numbers with 4xx', async () => {
    const odd = [
      '"\\ud800"',
      '"a\\udfff"',
      '9007199254740992',
      '1e999',
      '[]',
      '{}',
      '[[1]]',
      'true',
      '"NaN"',
      '-0.5',
    ];
    for (const value of odd) {
      for (const field of ['id', 'title', 'author_id', 'isbn', 'published_year', 'genres']) {
        const fields = { id: '77', title: '"x"', author_id: '1', [field]: value };
        const body = `{${Object.entries(fields)
          .map(([key, text]) => `"${key}":${text}`)
          .join(',')}}`;
        const answer = await send(body, 'application/json', '/books');
        const isRight = (field === 'title' && value === '"NaN"') || (field === 'genres' && value === '[]');
        expect([body, answer.status]).toEqual([body, isRight ? 201 : 400]);
        await service.sql.query('DELETE FROM books WHERE id = 77');
      }
    }
  });

  test('S23 keeps prototypes as they are', async () => {
    await send('{"constructor":{"prototype":{"polluted":1}},"id":6,"name":"x"}', 'application/json');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('S27 refuses a body over the limit with 413, and answers deep nesting at once', async () => {
    const answer = await send(`{"name":"${'x'.repeat(1024 * 1024)}"}`, 'application/json');
    expect(answer.status).toBe(413);
    expect(Object.keys(answer.json)).toEqual(['error']);
    expect((await send('['.repeat(100_000), 'application/json')).status).toBe(400);
    expect((await send(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'application/json')).status).toBe(
      400,
    );
  });

  test('the token is looked at before the body', async () => {
    const answer = await service.ask({
      method: 'POST',
      url: '/books',
      payload: 'nonsense',
      headers: { 'content-type': 'text/plain' },
    });
    expect([answer.status, answer.json]).toEqual([401, { error: 'Token is missing' }]);
  });
});

describe('every answer', () => {
  test('carries a request id: a new UUID, or the one that came if it is sane', async () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const ids = await Promise.all(
      ['/', '/books', '/nothing', '/books/%what%', '/openapi.json'].map(
        async (path) => (await service.get(path)).headers['x-request-id'],
      ),
    );
    for (const id of ids) expect(id).toMatch(uuid);
    expect(new Set(ids).size).toBe(ids.length);
    const echo = async (id: string) =>
      (await service.get('/books', { 'x-request-id': id })).headers['x-request-id'];
    expect(await echo('my.id_1-2')).toBe('my.id_1-2');
    for (const id of ['x'.repeat(129), 'a b', 'ü', '<script>']) expect(await echo(id)).toMatch(uuid);
  });

  test('is logged in and out with id, method, path, status and duration', async () => {
    await service.get('/books/1?x=1', { 'x-request-id': 'find-me' });
    const lines = service.lines.map((line) => JSON.parse(line)).filter(({ id }) => id === 'find-me');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ method: 'GET', path: expect.stringContaining('/books/1') });
    expect(lines[1]).toMatchObject({ method: 'GET', status: 200, duration_ms: expect.any(Number) });
  });

  test('S39 keeps passwords and tokens out of every log line', async () => {
    const canary = 'canary-5d41402abc4b2a76';
    const secretToken = await service.signUp('canary', canary);
    await service.post('/auth/login', { username: 'canary', password: `${canary}x` });
    await service.post('/register', { username: 'canary', password: canary });
    await service.post('/books', book({ id: 1 }), secretToken);
    await service.get(`/books?access_token=${secretToken}`);
    await service.ask({
      method: 'POST',
      url: '/register',
      payload: `{"password":"${canary}"`,
      headers: { 'content-type': 'application/json' },
    });
    const log = service.lines.join('');
    expect(log).not.toContain(canary);
    expect(log).not.toContain(secretToken);
    expect(log).not.toContain(secretToken.split('.')[2]);
  });
});
