import { afterEach, describe, expect, it } from 'vitest';
import { open, readUntil } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxfQ.c2lnbmF0dXJlLW9mLXRoZS1jYW5hcnk';
const PASSWORD = 'canary-password-7f3a';
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the request log', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  const url = (path: string) => `http://127.0.0.1:${test.port}${path}`;
  const records = () => test.lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes one info line in and one out, with id, method, path, status and duration_ms', async () => {
    test = await startTestApp({}, (app) => app.get('/books/:id', async () => ({})));
    const response = await fetch(url('/books/7?token=hidden'));
    const id = response.headers.get('x-request-id');
    const [incoming, outgoing] = records().filter((record) => record.id === id);
    expect(incoming).toMatchObject({
      level: 30,
      service: 'test',
      method: 'GET',
      path: '/books/7',
      msg: 'request in',
    });
    expect(outgoing).toMatchObject({
      level: 30,
      method: 'GET',
      path: '/books/7',
      status: 200,
      msg: 'request out',
    });
    expect(outgoing?.duration_ms).toEqual(expect.any(Number));
    expect(id).toMatch(UUID_V4);
  });

  it.each([
    ['/nowhere', 'GET', 404],
    ['/books', 'PATCH', 405],
    ['/%E0%A4%A', 'GET', 404],
    ['/boom', 'GET', 500],
  ])('also logs %s %s, answered %i', async (path, method, status) => {
    test = await startTestApp({}, (app) => {
      app.get('/books', async () => []);
      app.get('/boom', async () => Promise.reject(new Error('no')));
    });
    const response = await fetch(url(path), { method });
    expect(response.status).toBe(status);
    const out = records().filter((record) => record.msg === 'request out');
    expect(out).toEqual([
      expect.objectContaining({ method, path, status, id: response.headers.get('x-request-id') }),
    ]);
  });

  it('logs a request whose client went away as aborted, and counts it as 499', async () => {
    const entered = Promise.withResolvers<void>();
    test = await startTestApp({}, (app) => {
      app.get('/slow', async () => {
        entered.resolve();
        return new Promise(() => {});
      });
    });
    const socket = await open(test.port);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await entered.promise;
    socket.destroy();
    await expect.poll(() => records().some((record) => record.msg === 'request aborted')).toBe(true);
    const metrics = await test.app.metrics.render();
    expect(metrics).toContain(
      'http_request_duration_seconds_count{service="test",method="GET",route="/slow",status_code="499"} 1',
    );
    expect(metrics).toContain('http_requests_in_flight{service="test"} 0');
  });

  it('logs each of several pipelined requests', async () => {
    test = await startTestApp({}, (app) => app.get('/a/:id', async () => ({})));
    const socket = await open(test.port);
    socket.write(
      `${['1', '2', '3'].map((id) => `GET /a/${id} HTTP/1.1\r\nHost: x\r\nX-Request-ID: ${id}\r\n\r\n`).join('')}`,
    );
    await readUntil(socket, 'x-request-id: 3');
    socket.destroy();
    await expect
      .poll(() =>
        records()
          .filter((record) => record.msg === 'request out')
          .map((record) => record.id),
      )
      .toEqual(['1', '2', '3']);
    expect(await test.app.metrics.render()).toContain('http_requests_in_flight{service="test"} 0');
  });

  it('S39 holds neither the password nor the token of a request, whatever was done with them', async () => {
    test = await startTestApp({}, (app) => {
      app.post('/login', async (request) => {
        request.log.info({ body: request.body, headers: request.headers }, 'a careless line');
        throw new Error(`wrong login at postgresql://user:${PASSWORD}@db with Bearer ${TOKEN}`, {
          cause: new Error(`token ${TOKEN}`),
        });
      });
    });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ username: 'ann', password: PASSWORD }),
    };
    const answers = await Promise.all(
      ['/login', `/login?token=${TOKEN}`, `/nowhere?password=${PASSWORD}`, `/%E0%A4%A?token=${TOKEN}`].map(
        (path) => fetch(url(path), init).then((response) => response.text()),
      ),
    );
    await fetch(url('/login'), { ...init, body: `{"password":"${PASSWORD}", broken` });
    const everything = [...test.lines, ...answers, await test.app.metrics.render()].join('\n');
    expect(everything).toContain('a careless line');
    expect(everything).not.toContain(PASSWORD);
    expect(everything).not.toContain(TOKEN);
  });

  it('logs the cause of a 500, with its stack, beside the request id', async () => {
    test = await startTestApp({}, (app) => {
      app.get('/boom', async () => {
        throw new Error('the real reason');
      });
    });
    const response = await fetch(url('/boom'));
    const failure = records().find((record) => record.msg === 'request failed');
    expect(failure).toMatchObject({
      level: 50,
      id: response.headers.get('x-request-id'),
      status: 500,
      err: { message: 'the real reason' },
    });
    expect(JSON.stringify(failure)).toContain('request-log.test.ts');
  });
});
