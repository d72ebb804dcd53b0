import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';
import { startServer } from '../http/scripted-server.ts';
import { createEngine } from './engine.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A port that nobody listens on. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('executeRequest', () => {
  it('returns status, headers as lines, body and times', async () => {
    const server = await startCountingServer((_, response) => {
      response.writeHead(201, [
        ['X-One', 'a'],
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2'],
      ]);
      response.end('made: é€');
    });
    const engine = createEngine();
    const result = await engine.executeRequest(`${server.url}/books?x=1`);
    expect(result).toMatchObject({ statusCode: 201, body: 'made: é€', success: true, errorMessage: '' });
    const lines = result.headers.split('\n');
    expect(lines.slice(0, 3)).toEqual(['X-One: a', 'Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2']);
    expect(lines.some((line) => line.startsWith('HTTP/') || line.includes('\r'))).toBe(false);
    expect(Number.isInteger(result.responseTimeUs)).toBe(true);
    expect(result.responseTimeUs).toBeGreaterThan(0);
    expect(result.responseTimeMs).toBe(result.responseTimeUs / 1000);
    expect(server.counts).toEqual(new Map([['GET /books?x=1', 1]]));
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'sends a body with %s where there is one',
    async (method) => {
      const server = await startCountingServer();
      const engine = createEngine();
      const headers = { 'Content-Type': 'application/json', 'X-Name': 'Zoë' };
      await engine.executeRequest(`${server.url}/p`, { method, headers, body: '{"q":"é€"}' });
      expect(server.counts).toEqual(new Map([[`${method} /p`, 1]]));
      expect(server.bodies).toEqual(['{"q":"é€"}']);
      expect(server.headers[0]).toMatchObject({ 'content-type': 'application/json', 'content-length': '13' });
      expect(Buffer.from(String(server.headers[0]?.['x-name']), 'latin1').toString()).toBe('Zoë');
    },
  );

  it('sends several headers of one name', async () => {
    await using server = await startServer(async (peer) => {
      await peer.request();
      peer.write(OK);
    });
    await createEngine().executeRequest(server.url, {
      headers: [
        ['X-Many', 'a'],
        ['X-Many', 'b'],
        ['Host', 'shop.test'],
      ],
    });
    const head = server.peers[0]?.received.toString() ?? '';
    expect(head).toMatch(/X-Many: a\r\nX-Many: b\r\n/i);
    expect(head.match(/^host: .*$/gim)).toEqual(['host: shop.test']);
  });

  it('writes a method in capitals, and gives HEAD no body', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    expect(await engine.executeRequest(server.url, { method: 'head' })).toMatchObject({
      statusCode: 200,
      body: '',
      success: true,
    });
    expect(server.counts).toEqual(new Map([['HEAD /', 1]]));
  });

  it.each([
    [304, true, ''],
    [399, true, ''],
    [400, false, 'HTTP 400'],
    [404, false, 'HTTP 404'],
    [503, false, 'HTTP 503'],
  ])('takes %i for a success: %s', async (statusCode, success, errorMessage) => {
    const server = await startCountingServer((_, response) => {
      response.statusCode = statusCode;
      response.end();
    });
    expect(await createEngine().executeRequest(server.url)).toMatchObject({
      statusCode,
      success,
      errorMessage,
    });
  });

  it('returns a failure for what no server answers, and throws nothing', async () => {
    const engine = createEngine();
    const port = await findClosedPort();
    expect(await engine.executeRequest(`http://127.0.0.1:${port}/`)).toEqual({
      statusCode: 0,
      headers: '',
      body: '',
      success: false,
      errorMessage: `127.0.0.1:${port} refused the connection.`,
      responseTimeUs: expect.any(Number),
      responseTimeMs: expect.any(Number),
    });
    const name = await engine.executeRequest('http://no-such-name.invalid/');
    expect(name).toMatchObject({ statusCode: 0, success: false });
    expect(name.errorMessage).toContain('no-such-name.invalid:80 could not be resolved');
  });

  it.each(['', 'not a url', 'ftp://example.test/', '/relative', 'http://'])(
    'returns a failure for the URL %j',
    async (url) => {
      const result = await createEngine().executeRequest(url);
      expect(result).toMatchObject({ statusCode: 0, success: false });
      expect(result.errorMessage).toContain('The URL');
    },
  );

  it.each([
    ['closes without an answer', (peer: { end(): void }) => peer.end(), 'closed the connection'],
    ['cuts its body off', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'closed the connection'],
    ['speaks another language', 'SSH-2.0-OpenSSH\r\n\r\n', 'malformed'],
    ['sends endless headers', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`, 'larger than 16 KiB'],
  ])('returns a failure when the server %s', async (_what, answer, sentence) => {
    await using server = await startServer(async (peer) => {
      await peer.request();
      if (typeof answer === 'string') peer.end(answer);
      else answer(peer);
    });
    const result = await createEngine().executeRequest(server.url, { method: 'POST' });
    expect(result).toMatchObject({ statusCode: 0, body: '', success: false });
    expect(result.errorMessage).toContain(sentence);
  });

  it('F01 reads a chunked answer with trailers, and keeps the connection', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n';
    await using server = await startServer(async (peer) => {
      while ((await peer.request()) !== '') peer.write(peer === server.peers[0] ? chunked : OK);
    });
    const engine = createEngine();
    for (let index = 0; index < 2; index += 1) {
      const result = await engine.executeRequest(server.url);
      expect(result).toMatchObject({ statusCode: 200, body: 'hello' });
      expect(result.headers).toBe('Transfer-Encoding: chunked');
    }
    expect(server.peers).toHaveLength(1);
  });

  it('keeps of a body what its limit allows, and reads the rest', async () => {
    const server = await startCountingServer((_, response) => response.end('x'.repeat(5000)));
    const engine = createEngine({ maxBodyBytes: 100 });
    expect((await engine.executeRequest(server.url)).body).toBe('x'.repeat(100));
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true });
    expect(new Set(server.headers.map(({ connection }) => connection))).toEqual(new Set(['keep-alive']));
  });

  it('gives up after its time limit, whatever the server was doing', async () => {
    await using server = await startServer(async (peer, index) => {
      await peer.request();
      if (index === 1) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    });
    const engine = createEngine();
    for (let index = 0; index < 2; index += 1) {
      const result = await engine.executeRequest(server.url, { timeoutMs: 60 });
      expect(result).toMatchObject({
        statusCode: 0,
        success: false,
        errorMessage: `127.0.0.1:${server.port} did not answer in full within 60 ms.`,
      });
      expect(result.responseTimeMs).toBeGreaterThanOrEqual(59);
    }
    for (const peer of server.peers) await peer.closed();
  });

  it('repeats a request on a new connection where the server had closed the old one', async () => {
    await using server = await startServer(async (peer, index) => {
      await peer.request();
      peer.write(OK);
      if (index > 0) return;
      await peer.request();
      peer.reset();
    });
    const engine = createEngine();
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true });
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true, body: 'ok' });
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 2, failedRequests: 0 });
  });

  it('does not repeat a POST: the server may have acted on it', async () => {
    await using server = await startServer(async (peer) => {
      await peer.request();
      peer.write(OK);
      await peer.request();
      peer.reset();
    });
    const engine = createEngine();
    expect(await engine.executeRequest(server.url, { method: 'POST' })).toMatchObject({ success: true });
    expect(await engine.executeRequest(server.url, { method: 'POST' })).toMatchObject({ success: false });
    expect(server.peers).toHaveLength(1);
  });

  it('sends the name and password of a URL, unless Authorization was set by hand', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const url = server.url.replace('http://', 'http://ann:s%40cret@');
    await engine.executeRequest(url);
    await engine.executeRequest(url, { headers: { authorization: 'Bearer T' } });
    expect(server.headers.map(({ authorization }) => authorization)).toEqual([
      `Basic ${Buffer.from('ann:s@cret').toString('base64')}`,
      'Bearer T',
    ]);
  });

  it.each([
    [{ timeoutMs: 0 }, RangeError, 'Expected timeoutMs to be above 0 milliseconds, got 0.'],
    [{ timeoutMs: -1 }, RangeError, 'Expected timeoutMs to be above 0 milliseconds, got -1.'],
    [{ method: 'G T' }, TypeError, 'Expected method to be an HTTP method such as GET, got "G T".'],
    [{ headers: { 'X-A': 'a\r\nb: c' } }, TypeError, 'Expected the header X-A to be a text without'],
    [{ proxy: 'socks' }, TypeError, 'Expected proxy to be a URL'],
  ])('rejects %j, which no request can have', async (options, kind, sentence) => {
    const rejection = createEngine().executeRequest('http://127.0.0.1:9/', options);
    await expect(rejection).rejects.toBeInstanceOf(kind);
    await expect(rejection).rejects.toThrow(sentence);
  });

  it('fails after close, and does not hang what is under way then', async () => {
    await using server = await startServer(() => {});
    const engine = new Engine();
    const pending = engine.executeRequest(server.url);
    await expect.poll(() => server.peers.length).toBe(1);
    await engine.close();
    expect(await pending).toMatchObject({ success: false });
    expect(await engine.executeRequest(server.url)).toMatchObject({
      success: false,
      errorMessage: 'The engine is closed.',
    });
  });
});

describe('new Engine', () => {
  it.each([
    [{ maxConnections: 0 }, RangeError, 'Expected maxConnections to be a whole number from 1 on, got 0.'],
    [{ maxConnections: -5 }, RangeError, 'Expected maxConnections to be a whole number from 1 on, got -5.'],
    [{ maxConnections: 1.5 }, RangeError, 'Expected maxConnections to be a whole number from 1 on, got 1.5.'],
    [{ workerThreads: 0 }, RangeError, 'Expected workerThreads to be a whole number from 1 on, got 0.'],
    [{ workerThreads: '8' }, TypeError, 'Expected workerThreads to be a whole number, got 8.'],
    [500, TypeError, 'Expected options such as { maxConnections: 500 }, got 500.'],
  ])('throws for %j', (options, kind, sentence) => {
    const create = () => new Engine(options as never);
    expect(create).toThrow(kind);
    expect(create).toThrow(sentence);
  });

  it('has the documented limits without options', () => {
    expect(new Engine()).toMatchObject({ maxConnections: 1000, workerThreads: 10 });
  });
});
