// What goes wrong between two machines: each is one failed exchange with a code, and nothing is thrown.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Addresses, type Lookup } from '../../src/http/addresses.ts';
import { toFailure } from '../../src/http/failures.ts';
import { createTarget, type HttpTarget } from '../../src/http/index.ts';
import { replies, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('reports a refused connection, and connects with the next send', async () => {
  const port = await freePort();
  using client = new TestClient(`http://127.0.0.1:${port}/`);
  const outcome = await client.request();
  expect(outcome).toMatchObject({
    status: 0,
    errorCode: 'connect-refused',
    errorMessage: `127.0.0.1:${port} refused the connection.`,
    bytesSent: 0,
    bytesReceived: 0,
  });
  const server = createServer((socket) => socket.end(OK)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await client.request()).toMatchObject({ status: 200 });
  server.close();
});

test('reports a name that cannot be resolved', async () => {
  using client = new TestClient('http://no-such-host.invalid/');
  const outcome = await client.request();
  expect(outcome).toMatchObject({ status: 0, errorCode: 'dns' });
  expect(outcome.errorMessage).toContain('no-such-host.invalid');
});

test.runIf(process.platform === 'linux')(
  'reports a connection that does not come about in time',
  async () => {
    // A server that never accepts: when its backlog is full, Linux leaves further connections unanswered.
    const deaf = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
    const child = spawn(process.execPath, ['-e', deaf], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(child.stdout, 'data');
    const url = `http://127.0.0.1:${port}/`;
    const clients = Array.from(
      { length: 8 },
      () => new TestClient(url, { connectTimeoutMs: 50, requestTimeoutMs: 500 }),
    );
    const outcomes = await Promise.all(clients.map((client) => client.request()));
    child.kill('SIGKILL');
    const late = outcomes.filter(({ errorCode }) => errorCode === 'connect-timeout');
    expect(late.length).toBeGreaterThan(0);
    expect(late[0]).toMatchObject({
      errorMessage: `127.0.0.1:${port} did not accept a connection within 50 ms.`,
      times: [expect.any(Number), 0, 0, expect.any(Number)],
    });
    expect(new Set(outcomes.map(({ errorCode }) => errorCode))).toEqual(
      new Set(['connect-timeout', 'request-timeout']),
    );
  },
);

test('reports a server that accepts and closes', async () => {
  await using server = await startServer((peer) => peer.end());
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'closed', retries: 0 });
});

test('reports a connection that the server resets', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    peer.reset();
  });
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'reset', body: '', headers: [] });
});

test('reports a response that ends within its headers', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.end('HTTP/1.1 200 OK\r\nContent-Le');
  });
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({
    status: 0,
    errorCode: 'incomplete-headers',
    bytesReceived: 27,
  });
});

test('ends a request that is not answered in time, and frees its connection', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    if (index > 0) peer.write(OK);
  });
  using client = new TestClient(server.url, { requestTimeoutMs: 30 });
  const outcome = await client.request();
  expect(outcome).toMatchObject({ status: 0, errorCode: 'request-timeout' });
  expect(outcome.errorMessage).toMatch(/did not answer in full within 30 ms/);
  expect(outcome.times[3]! - outcome.times[0]!).toBeGreaterThanOrEqual(30);
  await server.peers[0]?.closed();
  expect(await client.request({ timeoutMs: 60_000 })).toMatchObject({ status: 200, reused: false });
});

test('limits the whole request: bytes that trickle in do not lengthen it', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.write('HTTP/1.1 200 OK\r\n');
    const trickle = setInterval(() => peer.socket.write('A: b\r\n'), 5);
    await peer.closed();
    clearInterval(trickle);
  });
  using client = new TestClient(server.url);
  const outcome = await client.request({ timeoutMs: 60 });
  expect(outcome).toMatchObject({ errorCode: 'request-timeout', retries: 0 });
  expect(outcome.bytesReceived).toBeGreaterThan(20);
});

test('takes an answer that waited while this process was busy past the limit', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  await client.request();
  const { promise: served, resolve } = Promise.withResolvers<void>();
  const outcome = client.request({ timeoutMs: 20 });
  server.peers[0]?.socket.once('data', () => resolve());
  await served;
  await new Promise<void>((written) => server.peers[0]?.socket.write('', () => written()));
  const until = performance.now() + 60;
  while (performance.now() < until);
  expect(await outcome).toMatchObject({ status: 200 });
});

test('names a lack of local ports and of open files for what it is', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  expect(toFailure(error('EADDRNOTAVAIL'), 'connect', 'h:80').code).toBe('no-local-port');
  expect(toFailure(error('EMFILE'), 'connect', 'h:80').code).toBe('too-many-open-files');
  expect(toFailure(error('EHOSTUNREACH'), 'connect', 'h:80')).toEqual({
    code: 'connect-failed',
    message: 'No connection to h:80 is possible (EHOSTUNREACH).',
  });
});

test.runIf(process.platform === 'linux')('survives running out of open files, and says so', async () => {
  await using server = await startServer(replies(OK));
  const client = `"${process.execPath}" "${import.meta.dirname}/exhaust-files.ts" ${server.url}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', `ulimit -n 64 && exec ${client}`]);
  const { succeeded, codes } = JSON.parse(stdout);
  expect(codes).toEqual(['too-many-open-files']);
  expect(succeeded).toBeGreaterThan(0);
});

/** A target whose name has these addresses. */
function targetAt(port: number, addresses: readonly string[]): HttpTarget {
  const lookup: Lookup = (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  return { ...createTarget(`http://many.test:${port}/`), addresses: new Addresses('many.test', lookup) };
}

test('tries the next address of a name when one refuses, and the good one first from then on', async () => {
  await using server = await startServer(replies(OK), { host: '127.0.0.1' });
  const target = targetAt(server.port, ['127.0.0.2', '127.0.0.3', '127.0.0.1']);
  using client = new TestClient(target);
  expect(await client.request()).toMatchObject({ status: 200, retries: 0 });
  target.addresses.resolve((_error, addresses) => expect(addresses[0]).toBe('127.0.0.1'));
  expect.assertions(2);
});

test('limits the time that a lookup may take', async () => {
  const target = createTarget('http://slow.test/', { connectTimeoutMs: 20 });
  using client = new TestClient({ ...target, addresses: new Addresses('slow.test', () => {}) });
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'connect-timeout', bytesSent: 0 });
});

test('reports a refusal when every address refuses', async () => {
  using client = new TestClient(targetAt(await freePort(), ['127.0.0.2', '127.0.0.3']));
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'connect-refused' });
});

test('reaches an IPv6 address written in brackets', async ({ skip }) => {
  const server = await startServer(replies(OK), { host: '::1' }).catch(() =>
    skip('this machine has no IPv6'),
  );
  await using running = server;
  using client = new TestClient(running.url);
  expect(await client.request()).toMatchObject({ status: 200 });
  expect(running.peers[0]?.received.toString()).toContain(`\r\nHost: [::1]:${running.port}\r\n`);
});
