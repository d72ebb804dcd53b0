import fc from 'fast-check';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, exchangeOne } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

const NOT_FOUND = { error: 'nothing here' };

describe('requests that no route takes', () => {
  let test: TestApp;
  beforeAll(async () => {
    const errors = {
      serialize: (error: Error) => ({ error: error.message }),
      sentences: { NOT_FOUND: 'nothing here' },
    };
    test = await startTestApp({ errors }, (app) => {
      app.get('/books', async () => []);
      app.post('/books', async () => ({}));
      app.get(
        '/books/:id',
        { schema: { params: Type.Object({ id: Type.String() }) } },
        async (request) => request.params,
      );
      app.delete('/books/:id', async () => ({}));
    });
  });
  afterAll(() => test.app.close());

  it.each([
    '/',
    '/Books',
    '/books/',
    '//books',
    '/books/1/',
    '/books/1/2',
    '/nowhere?x=1',
    '/.',
    '/..',
    '/books;x=1',
  ])('answers 404 to %s: paths are strict about case and slashes', async (path) => {
    const answer = await exchangeOne(
      test.port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect([answer.status, JSON.parse(answer.body)]).toEqual([404, NOT_FOUND]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each(['/books/%what%', '/books/%E0%A4%A', '/books/%', '/books/%zz', '/%00%', '/books/%ff'])(
    'F53 answers 404 in its own format to %s, which decodes to nothing',
    async (path) => {
      const answer = await exchangeOne(
        test.port,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect([answer.status, JSON.parse(answer.body)]).toEqual([404, NOT_FOUND]);
    },
  );

  it('F53 takes an encoded slash as part of one parameter', async () => {
    const response = await fetch(`http://127.0.0.1:${test.port}/books/a%2Fb`);
    expect(await response.json()).toEqual({ id: 'a/b' });
  });

  it('F53 takes a parameter of 101 characters, and answers 404 to one of 501', async () => {
    expect((await test.app.inject(`/books/${'a'.repeat(101)}`)).statusCode).toBe(200);
    const answer = await test.app.inject(`/books/${'a'.repeat(501)}`);
    expect([answer.statusCode, answer.json()]).toEqual([404, NOT_FOUND]);
  });

  it.each([
    ['PUT', '/books', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/books/7', 'DELETE, GET, HEAD, OPTIONS'],
    ['POST', '/books/7?x=1', 'DELETE, GET, HEAD, OPTIONS'],
    ['PUT', '/books/a%2Fb', 'DELETE, GET, HEAD, OPTIONS'],
    ['DELETE', '/metrics', 'GET, HEAD, OPTIONS'],
  ] as const)('answers 405 to %s %s with Allow', async (method, url, allow) => {
    const answer = await test.app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json()).toEqual({ error: 'This address does not take this method.' });
  });

  it('answers 405 before it looks at the body', async () => {
    const answer = await test.app.inject({
      method: 'PUT',
      url: '/books',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(answer.statusCode).toBe(405);
  });

  it.each(['TRACE', 'QUERY', 'PROPFIND', 'LOCK', 'PURGE'])(
    'S37 answers 405 with Allow to %s',
    async (method) => {
      const answer = await exchangeOne(
        test.port,
        `${method} /books HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
    },
  );

  it('S37 does not send a TRACE back', async () => {
    expect(
      await exchange(
        test.port,
        'TRACE /books HTTP/1.1\r\nHost: x\r\nCookie: canary\r\nConnection: close\r\n\r\n',
      ),
    ).not.toContain('canary');
  });

  it.each(['FOO /books', 'get /books', 'CONNECT example.com:443'])(
    'S37 answers 405 to the unknown method of %s, and closes',
    async (start) => {
      const answer = await exchangeOne(test.port, `${start} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(answer.status).toBe(405);
      expect(JSON.parse(answer.body)).toEqual({ error: 'This address does not take this method.' });
      expect(answer.headers.get('x-request-id')).toBeDefined();
      expect(answer.headers.get('allow')).toBe(
        start.endsWith('/books') ? 'GET, HEAD, OPTIONS, POST' : 'DELETE, GET, HEAD, OPTIONS, POST',
      );
    },
  );

  it('answers HEAD like GET, without the body', async () => {
    const answer = await test.app.inject({ method: 'HEAD', url: '/books' });
    expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([200, '2', '']);
  });

  it.each([
    ['/books', 200, 'GET, HEAD, OPTIONS, POST'],
    ['/books/7', 200, 'DELETE, GET, HEAD, OPTIONS'],
    ['*', 200, 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['/nowhere', 404, undefined],
  ] as const)('answers OPTIONS %s by itself', async (path, status, allow) => {
    const answer = await exchangeOne(
      test.port,
      `OPTIONS ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow]);
  });

  it('answers any path of any bytes with 2xx or 4xx, in its own format', async () => {
    const path = fc.stringMatching(/^[\x21-\x7e]{0,80}$/);
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const answer = await exchangeOne(
          test.port,
          `GET /${text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        );
        expect([200, 400, 404]).toContain(answer.status);
        expect(() => JSON.parse(answer.body)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });
});
