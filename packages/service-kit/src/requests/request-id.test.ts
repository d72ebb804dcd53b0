import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOne } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('X-Request-ID', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({}, (app) => {
      app.get('/', async () => ({}));
      app.post('/', async () => ({}));
    });
  });
  afterAll(() => test.app.close());

  const idFor = async (offered: string) => {
    const answer = await test.app.inject({ url: '/', headers: { 'x-request-id': offered } });
    return answer.headers['x-request-id'];
  };

  it('is a new UUID v4 for each request', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => test.app.inject('/')));
    const ids = answers.map((answer) => String(answer.headers['x-request-id']));
    expect(new Set(ids).size).toBe(20);
    for (const id of ids) expect(id).toMatch(UUID_V4);
  });

  it('is the one that came, when that is 1 to 128 characters of [A-Za-z0-9._-]', async () => {
    const sane = fc.stringMatching(/^[A-Za-z0-9._-]{1,128}$/);
    await fc.assert(
      fc.asyncProperty(sane, async (offered) => {
        expect(await idFor(offered)).toBe(offered);
      }),
    );
  });

  it('replaces every other one', async () => {
    const odd = fc
      .string({ minLength: 1, maxLength: 200 })
      .filter((text) => !/^[A-Za-z0-9._-]{1,128}$/.test(text));
    await fc.assert(
      fc.asyncProperty(odd, async (offered) => {
        expect(await idFor(offered)).toMatch(UUID_V4);
      }),
    );
    expect(await idFor('a'.repeat(129))).toMatch(UUID_V4);
  });

  it.each([
    ['GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\rSet-Cookie: b=c\r\n\r\n'],
    ['GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\n Set-Cookie: b=c\r\n\r\n'],
    ['GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: a%0d%0aSet-Cookie: b=c\r\nConnection: close\r\n\r\n'],
    ['GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\r\nX-Request-ID: b\r\nConnection: close\r\n\r\n'],
  ])('S36 does not reflect an id with CR, LF or a list: %j', async (text) => {
    const { headers } = await exchangeOne(test.port, text);
    expect(headers.get('set-cookie')).toBeUndefined();
    expect(headers.get('x-request-id')).toMatch(UUID_V4);
  });

  it.each([
    ['404', { url: '/nowhere' }],
    ['405', { url: '/', method: 'PUT' }],
    ['400', { url: '/', method: 'POST', headers: { 'content-type': 'application/json' }, payload: '{' }],
    ['415', { url: '/', method: 'POST', headers: { 'content-type': 'text/plain' }, payload: 'x' }],
    ['404', { url: '/%E0%A4%A' }],
    ['200', { url: '/', method: 'OPTIONS' }],
    ['200', { url: '/', method: 'HEAD' }],
    ['200', { url: '/metrics' }],
  ] as const)('stands on a %s answer too: %j', async (status, request) => {
    const answer = await test.app.inject(request);
    expect(String(answer.statusCode)).toBe(status);
    expect(answer.headers['x-request-id']).toMatch(UUID_V4);
  });
});
