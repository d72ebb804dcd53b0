// The faults of other clients that touch this layer, each under its id.
import { afterEach, expect, test, vi } from 'vitest';
import { replies, type Script, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

afterEach(() => {
  vi.useRealTimers();
});

test('F01 accepts a chunked response with trailer fields and keeps the connection', async () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n';
  await using server = await startServer(replies(chunked, OK));
  using client = new TestClient(server.url);
  const first = await client.request();
  const second = await client.request();
  expect([first.body, second.body]).toEqual(['hello', 'ok']);
  expect(first.headers).toEqual([['Transfer-Encoding', 'chunked']]);
  expect(second.reused).toBe(true);
  expect(server.peers).toHaveLength(1);
});

test('F02 ignores a chunk extension', async () => {
  const reply = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n0\r\n\r\n';
  await using server = await startServer(replies(reply));
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 200, body: 'hello' });
});

test.each([
  ['a bare line feed in a chunk extension', '5;x\n1\r\nhello\r\n0\r\n\r\n'],
  ['a bare line feed behind a chunk size', '5\nhello\r\n0\r\n\r\n'],
  ['a control character in a chunk extension', '5;x=\x01\r\nhello\r\n0\r\n\r\n'],
  ['a bare carriage return in a chunk extension', '5;x\ry\r\nhello\r\n0\r\n\r\n'],
  ['a bare line feed behind chunk data', '5\r\nhello\n0\r\n\r\n'],
  ['a chunk that is longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size with a sign', '+5\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size in 0x form', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size with a digit behind a blank', '5 5\r\nhello\r\n0\r\n\r\n'],
  ['no chunk size', '\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size past 2⁵³', '20000000000001\r\nhello\r\n0\r\n\r\n'],
  ['an endless chunk extension', `5;${'x'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`],
  ['a trailer without a colon', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n'],
  ['a bare line feed in a trailer', '5\r\nhello\r\n0\r\nA: 1\nB: 2\r\n\r\n'],
])('F02 refuses %s, closes the connection and delivers no body', async (_what, body) => {
  await using server = await startServer(
    replies(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`),
  );
  using client = new TestClient(server.url);
  const outcome = await client.request();
  expect(outcome).toMatchObject({ status: 0, errorCode: 'malformed-response', body: '', headers: [] });
  await server.peers[0]?.closed();
});

test('F04 ends HEAD, 204 and 304 at the blank line and reuses the connection', async () => {
  await using server = await startServer(
    replies(
      'HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 42\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
    ),
  );
  using client = new TestClient(server.url);
  const outcomes = [await client.request({ method: 'HEAD' }), await client.request(), await client.request()];
  expect(outcomes.map(({ status, bodyBytes }) => [status, bodyBytes])).toEqual([
    [200, 0],
    [304, 0],
    [204, 0],
  ]);
  expect(server.peers).toHaveLength(1);
});

test('F04 accepts a HEAD response that carries a body, and gives the connection up', async () => {
  await using server = await startServer(replies('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', OK));
  using client = new TestClient(server.url);
  expect(await client.request({ method: 'HEAD' })).toMatchObject({ status: 200, bodyBytes: 0, body: '' });
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', reused: false });
  expect(server.peers).toHaveLength(2);
});

/** Announces a body to the first HEAD, and sends it only when the next request has come. */
function lateBody(late: string): Script {
  return async (peer, index) => {
    await peer.request();
    if (index > 0) return peer.write(OK);
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    await peer.request();
    peer.write(late);
  };
}

test.each([
  ['before the answer', 'hello'],
  ['together with it', `hello${OK}`],
  ['as an empty line', `\r\n${OK}`],
])('F04 never takes a body that comes late to a HEAD, %s, for the next response', async (_, late) => {
  await using server = await startServer(lateBody(late));
  using client = new TestClient(server.url);
  expect(await client.request({ method: 'HEAD' })).toMatchObject({ status: 200, bodyBytes: 0 });
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', retries: 1, reused: false });
  expect(server.peers).toHaveLength(2);
  expect(client.reports).toBe(2);
});

test('F04 drops the connection at once when the late body finds no request', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    if (index > 0) return peer.write(OK);
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    await new Promise<void>((resolve) => peer.socket.once('release', resolve));
    peer.write('hello');
  });
  using client = new TestClient(server.url);
  await client.request({ method: 'HEAD' });
  server.peers[0]?.socket.emit('release');
  await server.peers[0]?.closed();
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', retries: 0, reused: false });
});

test('F04 fails a POST that meets a late body, and never repeats it', async () => {
  await using server = await startServer(lateBody('hello'));
  using client = new TestClient(server.url);
  await client.request({ method: 'HEAD' });
  expect(await client.request({ method: 'POST', body: 'x' })).toMatchObject({
    status: 0,
    errorCode: 'malformed-response',
    retries: 0,
  });
  expect(server.peers).toHaveLength(1);
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok' });
});

test('F05 passes over any number of interim responses', async () => {
  const hints = (link: string) => `HTTP/1.1 103 Early Hints\r\nLink: <${link}>\r\n\r\n`;
  await using server = await startServer(
    replies(`${hints('/a.css')}${hints('/b.js')}HTTP/1.1 102 Processing\r\n\r\n${OK}`),
  );
  using client = new TestClient(server.url);
  const outcome = await client.request();
  expect(outcome).toMatchObject({ status: 200, body: 'ok', headers: [['Content-Length', '2']] });
  expect(await client.request()).toMatchObject({ status: 200, reused: true });
  expect(client.reports).toBe(2);
});

test('F05 takes 101 as the final response, and the connection is no longer one of HTTP', async () => {
  await using server = await startServer(
    replies('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n\x00\x01', OK),
  );
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 101, bodyBytes: 0 });
  expect(await client.request()).toMatchObject({ status: 200, reused: false });
});

test('F05 bounds a flood of interim responses', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    const flood = () => {
      if (peer.socket.destroyed) return;
      peer.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000), flood);
    };
    flood();
  });
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'headers-too-large' });
});

test('F07 reads a folded header line as one header, its fold as one space', async () => {
  await using server = await startServer(
    replies('HTTP/1.1 200 OK\r\nX-Note: one\r\n\ttwo \r\n \r\n  three\r\nContent-Length: 0\r\n\r\n'),
  );
  using client = new TestClient(server.url);
  const { headers } = await client.request();
  expect(headers).toEqual([
    ['X-Note', 'one two three'],
    ['Content-Length', '0'],
  ]);
});

test.each([
  ['a folded line before any header', 'HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 0\r\n\r\n'],
  ['a folded Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\n0123456789'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
])('F07 refuses %s', async (_what, reply) => {
  await using server = await startServer(replies(reply));
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'malformed-response' });
});

test.each([
  ['a body shorter than its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
  ['a chunked body cut within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc'],
  [
    'a chunked body without its last chunk',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  ],
  [
    'a chunked body cut in its trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX',
  ],
])('F08 counts %s as failed, with what it received and no body to check', async (_what, reply) => {
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    peer.end(index === 0 ? reply : OK);
  });
  using client = new TestClient(server.url);
  const cut = await client.request();
  expect(cut).toMatchObject({ status: 0, errorCode: 'incomplete-body', bodyBytes: 3, body: '', headers: [] });
  expect(cut.bytesReceived).toBe(reply.length);
  expect(await client.request()).toMatchObject({ status: 200, reused: false, retries: 0 });
  expect(client.reports).toBe(2);
});

test('F10 records one success of two responses to one request, and drops the connection', async () => {
  const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    peer.socket.write(index === 0 ? empty + empty : OK, () => peer.socket.destroy());
  });
  using client = new TestClient(server.url);
  const first = await client.request();
  expect(first).toMatchObject({ status: 200, body: '', bytesReceived: empty.length });
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', reused: false });
  expect(client.reports).toBe(2);
});

test('F10 drops the connection when a response comes that no request is waiting for', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    peer.write(OK);
    if (index > 0) return;
    await new Promise<void>((resolve) => peer.socket.once('release', resolve));
    peer.write(OK);
  });
  using client = new TestClient(server.url);
  await client.request();
  server.peers[0]?.socket.emit('release');
  await server.peers[0]?.closed();
  expect(await client.request()).toMatchObject({ status: 200, reused: false, retries: 0 });
  expect(client.reports).toBe(2);
});

test('F11 counts Content-Length in bytes and sends nothing behind the body', async () => {
  const body = '{"q":"é€"}';
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  for (let round = 0; round < 2; round++) await client.request({ method: 'POST', body });
  const [peer] = server.peers;
  const text = peer?.received.toString('utf8') ?? '';
  const request = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: 13\r\n\r\n${body}`;
  expect(text).toBe(request + request);
});

test('F11 replaces a Content-Length that was set by hand', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  await client.request({ method: 'POST', body: 'é', headers: { 'content-length': '1' } });
  expect(server.peers[0]?.received.toString('utf8')).toMatch(/\r\nContent-Length: 2\r\n\r\né$/);
});

test('F13 repeats a request without Expect after 417, so that its body crosses the wire once', async () => {
  await using server = await startServer(async (peer) => {
    const head = await peer.head();
    if (head.includes('Expect:')) peer.write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n');
    else {
      await peer.bytes(5);
      peer.write(OK);
    }
  });
  using client = new TestClient(server.url);
  const outcome = await client.request({
    method: 'POST',
    body: 'hello',
    headers: { Expect: '100-continue' },
  });
  expect(outcome).toMatchObject({ status: 200, retries: 1 });
  const wire = server.peers.map(({ received }) => received.toString()).join('');
  expect(wire.split('hello')).toHaveLength(2);
  expect(wire.match(/^Expect:/gim)).toHaveLength(1);
  expect(client.reports).toBe(1);
});

test('F13 reports a connection that closes on the repeat without Expect, and repeats no further', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.head();
    if (index === 0) peer.write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n');
    else peer.end();
  });
  using client = new TestClient(server.url);
  const outcome = await client.request({ method: 'PUT', body: 'hello', headers: { Expect: '100-continue' } });
  expect(outcome).toMatchObject({ status: 0, errorCode: 'closed', retries: 1, bodyBytes: 0 });
  expect(server.peers).toHaveLength(2);
});

test('F13 sends the body when 100 Continue came', async () => {
  await using server = await startServer(async (peer) => {
    await peer.head();
    peer.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
    await peer.bytes(5);
    peer.write(OK);
  });
  using client = new TestClient(server.url, { continueTimeoutMs: 60_000 });
  const outcome = await client.request({ method: 'PUT', body: 'hello', headers: { Expect: '100-continue' } });
  expect(outcome).toMatchObject({ status: 200, body: 'ok', retries: 0 });
  expect(server.peers[0]?.received.toString()).toMatch(/\r\n\r\nhello$/);
});

test('F13 does not take another interim response for the permission to send the body', async () => {
  await using server = await startServer(async (peer) => {
    await peer.head();
    peer.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    // All sockets of this process are read in turn: after these answers the hint has been read as well, and a body
    // that was sent for it has come back to this side.
    using other = new TestClient(bystander.url);
    for (let round = 0; round < 3; round++) await other.request();
    peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  });
  await using bystander = await startServer(replies(OK));
  using client = new TestClient(server.url, { continueTimeoutMs: 60_000 });
  const outcome = await client.request({ method: 'PUT', body: 'hello', headers: { Expect: '100-continue' } });
  expect(outcome).toMatchObject({ status: 403 });
  expect(server.peers[0]?.received.toString()).not.toContain('hello');
});

test('F13 sends the body after a bounded wait when the server stays silent', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url, { continueTimeoutMs: 20 });
  const outcome = await client.request({
    method: 'POST',
    body: 'hello',
    headers: { expect: '100-continue' },
  });
  expect(outcome).toMatchObject({ status: 200, retries: 0 });
});

test('F13 takes a refusal that is no 417 as the answer, and sends no body', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.head();
    peer.write(index === 0 ? 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n' : OK);
  });
  using client = new TestClient(server.url, { continueTimeoutMs: 60_000 });
  const outcome = await client.request({
    method: 'POST',
    body: 'hello',
    headers: { Expect: '100-continue' },
  });
  expect(outcome).toMatchObject({ status: 413, retries: 0 });
  expect(await client.request()).toMatchObject({ status: 200, reused: false });
  expect(server.peers[0]?.received.toString()).not.toContain('hello');
});

test('F26 measures with a clock that no change of the system time moves', async () => {
  await using server = await startServer(async (peer) => {
    for (const jump of [-5_000, 3_600_000]) {
      await peer.request();
      vi.setSystemTime(Date.now() + jump);
      peer.write(OK);
    }
  });
  vi.useFakeTimers({ toFake: ['Date'] });
  using client = new TestClient(server.url, { requestTimeoutMs: 60_000 });
  for (let round = 0; round < 2; round++) {
    const before = performance.now();
    const { times, status } = await client.request();
    const after = performance.now();
    expect(status).toBe(200);
    expect([before, ...times, after].toSorted((a, b) => a - b)).toEqual([before, ...times, after]);
  }
});
