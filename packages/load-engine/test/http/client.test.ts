// Single requests of a caller who decides by himself when to send.
import { createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/index.ts';
import { replies, startServer } from './scripted-server.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers each name with these addresses, and keeps what it was asked for. */
function lookupOf(...addresses: string[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, _options, callback) => {
    asked.push(name);
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  return { asked, lookup };
}

describe('a client', () => {
  test('measures each request, and keeps its connection for the next', async () => {
    await using server = await startServer(replies(OK));
    const client = createHttpClient({ url: server.url });
    const first = await client.send({ path: '/a?b=1', headers: { 'X-A': 'b' } });
    expect(first).toMatchObject({ status: 200, failure: null, bodyBytes: 2, reused: false });
    expect(first.bytesReceived).toBe(OK.length);
    expect(first.firstByteAt).toBeGreaterThanOrEqual(first.startedAt);
    expect(first.endedAt).toBeGreaterThanOrEqual(first.firstByteAt);
    const second = await client.send({ method: 'POST', body: 'é' });
    expect(second).toMatchObject({ status: 200, reused: true });
    expect(server.peers).toHaveLength(1);
    const text = server.peers[0]?.received.toString() ?? '';
    expect(text).toContain('GET /a?b=1 HTTP/1.1\r\n');
    expect(text).toContain('X-A: b\r\n');
    expect(text).toContain('Content-Length: 2\r\n\r\né');
    client.close();
  });

  test('has as many requests under way as it may have connections; one more is not sent', async () => {
    const held = Promise.withResolvers<void>();
    await using server = await startServer(async (peer) => {
      await peer.request();
      await held.promise;
      peer.write(OK);
    });
    const client = createHttpClient({ url: server.url, maxConnections: 2 });
    const both = [client.send(), client.send()];
    expect(client.pending).toBe(2);
    const third = await client.send();
    expect(third).toMatchObject({
      status: 0,
      bytesSent: 0,
      failure: {
        code: 'no-free-connection',
        message: `All 2 connections to 127.0.0.1:${server.port} were busy.`,
      },
    });
    held.resolve();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(client.pending).toBe(0);
    expect(server.peers).toHaveLength(2);
    client.close();
  });

  test('tells of a failure in its result, and rejects only what cannot be written down', async () => {
    await using server = await startServer((peer) => peer.reset());
    const client = createHttpClient({ url: server.url });
    expect(await client.send({ method: 'POST', body: 'x' })).toMatchObject({
      status: 0,
      failure: { code: 'reset' },
    });
    await expect(client.send({ headers: { 'X-A': 'b\r\nX-C: d' } })).rejects.toThrow(TypeError);
    expect(client.pending).toBe(0);
    client.close();
  });

  test('fails a request after its time limit', async () => {
    await using server = await startServer(() => {});
    const client = createHttpClient({ url: server.url, timeoutMs: 50 });
    expect(await client.send()).toMatchObject({ status: 0, failure: { code: 'request-timeout' } });
    client.close();
  });

  test('ends what is under way when it is closed, and sends nothing any more', async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await startServer(async (peer) => {
      await peer.request();
      arrived.resolve();
    });
    const client = createHttpClient({ url: server.url });
    const request = client.send();
    await arrived.promise;
    client.close();
    expect((await request).failure?.code).toBe('aborted');
    const later = [client.send(), client.send()];
    expect((await Promise.all(later)).map(({ failure }) => failure?.code)).toEqual(['aborted', 'aborted']);
    expect(server.peers).toHaveLength(1);
  });

  test.each([0, -1, Number.NaN])('takes no limit of %d connections', (maxConnections) => {
    expect(() => createHttpClient({ url: 'http://127.0.0.1/', maxConnections })).toThrow(RangeError);
  });
});

describe('a look-up of the caller’s own', () => {
  test('is the one that is connected to, and asked once for many connections', async () => {
    await using server = await startServer(replies(OK));
    const { asked, lookup } = lookupOf('127.0.0.1');
    const client = createHttpClient({ url: `http://listed.test:${server.port}/`, lookup });
    const answers = await Promise.all([client.send(), client.send(), client.send()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toEqual(['listed.test']);
    for (const peer of server.peers)
      expect(peer.received.toString()).toContain(`Host: listed.test:${server.port}\r\n`);
    client.close();
  });

  test('may answer with one address, as sockets allow it', async () => {
    await using server = await startServer(replies(OK));
    const lookup: LookupFunction = (_name, _options, callback) => callback(null, '127.0.0.1', 4);
    const client = createHttpClient({ url: `http://listed.test:${server.port}/`, lookup });
    expect(await client.send()).toMatchObject({ status: 200 });
    client.close();
  });

  test('that refuses leads to no connection', async () => {
    await using server = await startServer(replies(OK));
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('not listed'), { code: 'TARGET_BLOCKED' }), '', 0);
    const client = createHttpClient({ url: `http://localhost:${server.port}/`, lookup });
    const { failure } = await client.send();
    expect(failure?.code).toBe('dns');
    expect(server.peers).toHaveLength(0);
    client.close();
  });
});

test('S31 a redirect is an answer: nobody follows it', async () => {
  let hits = 0;
  const server = createServer((request, response) => {
    if (request.url === '/elsewhere') hits++;
    response.writeHead(302, { location: '/elsewhere' }).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = createHttpClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  expect(await client.send()).toMatchObject({ status: 302, failure: null });
  expect(hits).toBe(0);
  client.close();
  server.close();
});
