import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { exchange, exchangeOne, open, parseAnswer, readToEnd } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('what is not HTTP', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  const start = async (env: Record<string, string> = {}) => {
    test = await startTestApp({ env }, (app) => {
      app.get('/', async () => ({}));
      app.post('/echo', async (request) => ({ body: request.body ?? null }));
    });
  };
  const echo = (headers: string, body = '') =>
    `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

  it.each([
    [
      'Content-Length with Transfer-Encoding',
      echo('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    ],
    [
      'Transfer-Encoding with Content-Length',
      echo('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'),
    ],
    ['a doubled Content-Length', echo('Content-Length: 2\r\nContent-Length: 2\r\n', '{}')],
    ['two different Content-Lengths', echo('Content-Length: 2\r\nContent-Length: 3\r\n', '{}')],
    ['a list of Content-Lengths', echo('Content-Length: 2, 2\r\n', '{}')],
    ['a signed Content-Length', echo('Content-Length: +2\r\n', '{}')],
    ['a hexadecimal Content-Length', echo('Content-Length: 0x2\r\n', '{}')],
    ['a bare LF after the request line', 'GET / HTTP/1.1\nHost: x\r\n\r\n'],
    ['a bare LF after a header', 'GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n'],
    ['a bare CR', 'GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n'],
    ['a space before the colon', echo('Content-Length : 2\r\n', '{}')],
    ['Transfer-Encoding that does not end in chunked', echo('Transfer-Encoding: chunked, gzip\r\n', '{}')],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n'],
    ['a chunk size that is no number', echo('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n')],
    ['a bare LF after a chunk size', echo('Transfer-Encoding: chunked\r\n', '2\n{}\r\n0\r\n\r\n')],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['a TLS handshake', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ])('S29 answers 400 to %s, and closes', async (_, text) => {
    await start();
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const everything = await exchange(test.port, Buffer.from(text + smuggled, 'latin1'));
    const answer = parseAnswer(everything);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'The request is not valid HTTP.' },
    ]);
    expect(answer.headers.get('connection')).toBe('close');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toBeDefined();
    expect(test.lines.join('')).not.toContain('/smuggled');
  });

  it('answers 431 to headers over the limit, in its own format', async () => {
    await start();
    const answer = await exchangeOne(
      test.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17 * 1024)}\r\n\r\n`,
    );
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      431,
      { error: 'The request headers are too large.' },
    ]);
  });

  it('drops no header silently: 3,000 of them arrive, within the limit on bytes', async () => {
    await start({ HEADER_LIMIT_BYTES: '65536' });
    const many = Array.from({ length: 3_000 }, (_, index) => `x${index}: 1\r\n`).join('');
    const answer = await exchangeOne(
      test.port,
      `GET / HTTP/1.1\r\nHost: x\r\n${many}X-Request-ID: last\r\nConnection: close\r\n\r\n`,
    );
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([200, 'last']);
  });

  it('answers 417 to an expectation that it does not know', async () => {
    await start();
    const answer = await exchangeOne(test.port, 'GET / HTTP/1.1\r\nHost: x\r\nExpect: coffee\r\n\r\n');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      417,
      { error: 'The expectation in the Expect header cannot be met.' },
    ]);
  });

  const QUICK = { HEADERS_TIMEOUT_MS: '100', REQUEST_TIMEOUT_MS: '200', TIMEOUT_CHECK_INTERVAL_MS: '20' };

  it.each([
    ['half a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-Ha'],
    ['half a request line', 'GET /'],
    [
      'half a body',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"',
    ],
    ['nothing at all', ''],
  ])('S28 cuts a client that sends %s, with 408 in its own format', async (_, text) => {
    await start(QUICK);
    const answer = await exchangeOne(test.port, text);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      408,
      { error: 'The request took too long to arrive.' },
    ]);
  });

  it('S28 cuts a client that sends one byte at a time, however long it goes on', async () => {
    await start(QUICK);
    const socket = await open(test.port);
    const ended = readToEnd(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX: ');
    const drip = setInterval(() => socket.write('a'), 10);
    const answer = parseAnswer(await ended);
    clearInterval(drip);
    expect(answer.status).toBe(408);
  });

  it('S28 cuts slow clients within 30 s by default', async () => {
    await start();
    const { timeouts } = (await import('../../test/test-app.ts')).loadTestHttp();
    expect(test.app.server.headersTimeout).toBe(timeouts.headersMs);
    expect(test.app.server.requestTimeout).toBe(timeouts.requestMs);
    expect(timeouts.headersMs + timeouts.checkIntervalMs).toBeLessThan(30_000);
    expect(timeouts.requestMs + timeouts.checkIntervalMs).toBeLessThan(30_000);
  });

  it('counts unreadable requests under one label', async () => {
    await start();
    await exchange(test.port, 'nonsense\r\n\r\n');
    expect(await test.app.metrics.render()).toContain(
      'http_request_duration_seconds_count{service="test",method="other",route="(unmatched)",status_code="400"} 1',
    );
  });

  it('does not write an error into the middle of an answer', async () => {
    test = await startTestApp({}, (app) => {
      app.get('/stream', async (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-length': '1000' });
        reply.raw.write('the first part');
        return reply;
      });
    });
    const socket = await open(test.port);
    const ended = readToEnd(socket);
    socket.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.once('data', () => socket.write('garbage\r\n\r\n'));
    expect(await ended).toMatch(/the first part$/);
  });

  it('answers any bytes with 4xx in its own format, and goes on serving', async () => {
    await start(QUICK);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const text = await exchange(test.port, Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]));
        const answer = parseAnswer(text);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
      }),
    );
    expect((await fetch(`http://127.0.0.1:${test.port}/`)).status).toBe(200);
  });
});
