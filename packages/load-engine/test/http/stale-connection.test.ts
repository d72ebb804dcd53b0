// A server may close a kept connection at any time: what may be repeated then (RFC 9112 §9.3.1), and what not.
import { expect, test } from 'vitest';
import { type Script, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers the first request of the first connection, reads a second one, and then does `act`. */
function staleAfterOne(act: (peer: Parameters<Script>[0]) => void): Script {
  return async (peer, index) => {
    await peer.request();
    peer.write(OK);
    await peer.request();
    if (index === 0) act(peer);
    else peer.write(OK);
  };
}

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])(
  'repeats a %s once when its kept connection was closed',
  async (method) => {
    await using server = await startServer(staleAfterOne((peer) => peer.end()));
    using client = new TestClient(server.url);
    await client.request();
    const outcome = await client.request({ method });
    expect(outcome).toMatchObject({ status: 200, errorCode: '', retries: 1, reused: false });
    expect(server.peers).toHaveLength(2);
    expect(outcome.bytesSent).toBe(2 * server.peers[1]!.received.length);
    expect(client.reports).toBe(2);
  },
);

test('repeats a GET once when its kept connection was reset', async () => {
  await using server = await startServer(staleAfterOne((peer) => peer.reset()));
  using client = new TestClient(server.url);
  await client.request();
  expect(await client.request()).toMatchObject({ status: 200, retries: 1 });
});

test.each(['POST', 'PATCH', 'PURGE'])('never repeats a %s', async (method) => {
  await using server = await startServer(staleAfterOne((peer) => peer.end()));
  using client = new TestClient(server.url);
  await client.request();
  expect(await client.request({ method })).toMatchObject({
    status: 0,
    errorCode: 'closed',
    retries: 0,
    reused: true,
  });
  expect(server.peers).toHaveLength(1);
  expect(await client.request()).toMatchObject({ status: 200 });
});

test('never repeats a GET of which a first byte of an answer came', async () => {
  await using server = await startServer(staleAfterOne((peer) => peer.end('H')));
  using client = new TestClient(server.url);
  await client.request();
  expect(await client.request()).toMatchObject({
    errorCode: 'incomplete-headers',
    bytesReceived: 1,
    retries: 0,
  });
  expect(server.peers).toHaveLength(1);
});

test('never repeats a GET on a connection that carried nothing before', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.end();
  });
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'closed', retries: 0, reused: false });
  expect(server.peers).toHaveLength(1);
});

test('repeats a GET once only', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    if (index > 0) return peer.end();
    peer.write(OK);
    await peer.request();
    peer.end();
  });
  using client = new TestClient(server.url);
  await client.request();
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'closed', retries: 1 });
  expect(server.peers).toHaveLength(2);
  expect(client.reports).toBe(2);
});

test('reports the repeat that found no server any more', async () => {
  const server = await startServer(
    staleAfterOne((peer) => {
      void server[Symbol.asyncDispose]();
      peer.reset();
    }),
  );
  using client = new TestClient(server.url);
  await client.request();
  const outcome = await client.request();
  expect(outcome).toMatchObject({ status: 0, errorCode: 'connect-refused', retries: 1, reused: false });
  expect(outcome.times.slice(1, 3)).toEqual([0, 0]);
});

test('connects anew, without a repeat, when the server closed the connection between two requests', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.end(OK);
  });
  using client = new TestClient(server.url);
  await client.request();
  await server.peers[0]?.closed();
  expect(await client.request({ method: 'POST' })).toMatchObject({ status: 200, reused: false, retries: 0 });
});
