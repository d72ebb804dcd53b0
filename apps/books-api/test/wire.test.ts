// What only a real connection shows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getText, listen, open, readAll } from './http.ts';
import { type Service, startService } from './service.ts';

let service: Service;
let port: number;
let token: string;

beforeAll(async () => {
  service = await startService({
    HEADERS_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '600',
    TIMEOUT_CHECK_INTERVAL_MS: '50',
  });
  token = await service.signUp();
  port = await listen(service);
});
afterAll(() => service.close());

const send = async (text: string) => readAll(await open(port, text));
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('a connection', () => {
  test.each([
    ['half a header', 'GET /books HTTP/1.1\r\nHost: x\r\nX-Half'],
    [
      'half a body',
      `POST /register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"user`,
    ],
  ])('S28 that sends %s is cut', async (_, text) => {
    const answer = await send(text);
    if (answer) expect(statusOf(answer)).toBe(408);
  });

  test.each([
    [
      'Content-Length with Transfer-Encoding',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a doubled Content-Length', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a bare LF', 'X-A: 1\nX-B: 2\r\n\r\n'],
    ['a header name with a space', 'X A: 1\r\n\r\n'],
  ])('S29 with %s is answered 400 and closed', async (_, headers) => {
    const answer = await send(`POST /books HTTP/1.1\r\nHost: x\r\n${headers}`);
    expect(statusOf(answer)).toBe(400);
    expect(Object.keys(bodyOf(answer))).toEqual(['error']);
  });

  test('S27 is told 413 before it has sent the body', async () => {
    const answer = await send(
      `POST /books HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n{`,
    );
    expect(statusOf(answer)).toBe(413);
  });

  test('S36 gets no header of its own making back', async () => {
    const answer = await send(
      getText('/books', 'X-Request-ID: a%0d%0aSet-Cookie: x=1\r\nConnection: close\r\n'),
    );
    expect(statusOf(answer)).toBe(200);
    expect(answer).not.toMatch(/set-cookie/i);
    expect(answer).not.toMatch(/^server:|x-powered-by/im);
  });

  test('S37 with an unknown method is answered 405 or 400, never more', async () => {
    expect([400, 405]).toContain(
      statusOf(await send('BREW /books HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')),
    );
    const trace = await send(
      'TRACE /books HTTP/1.1\r\nHost: x\r\nX-Secret: tell-nobody\r\nConnection: close\r\n\r\n',
    );
    expect(statusOf(trace)).toBe(405);
    expect(trace).not.toContain('tell-nobody');
  });

  test('S37 cannot give itself another address in front of the login limit', async () => {
    const login = (address: number) =>
      fetch(`http://127.0.0.1:${port}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${address}` },
        body: '{"username":"nobody","password":"x"}',
      });
    for (let failure = 0; failure < 10; failure++) expect((await login(failure)).status).toBe(404);
    expect((await login(99)).status).toBe(429);
  });

  test('F49 goes on after a refused request', async () => {
    const body = '{"username":"a\\u0000b","password":"x"}';
    const post = `POST /register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await send(post + getText('/books', 'Connection: close\r\n'));
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['400', '200']);
  });

  test('S38 reads the charset of every text', async () => {
    for (const path of ['/', '/books', '/nothing', '/metrics', '/openapi.json']) {
      const answer = await send(getText(path, 'Connection: close\r\n'));
      expect(answer).toMatch(/^content-type: .*charset=utf-8\r$/im);
    }
  });
});
