// Where a response ends, and whether its connection may carry another (RFC 9112 §6.3, §9.3).
import { expect, test } from 'vitest';
import { renderRequest } from '../../src/http/index.ts';
import { replies, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What comes of one reply, and whether its connection is used again. */
async function play(reply: string, options: { readonly method?: string } = {}) {
  await using server = await startServer(replies(reply, OK));
  using client = new TestClient(server.url);
  const outcome = await client.request(options);
  const next = await client.request();
  expect(next).toMatchObject({ status: 200, body: 'ok', retries: 0 });
  expect(client.reports).toBe(2);
  return { ...outcome, isKept: next.reused };
}

test.each([
  ['a response of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
  [
    'a chunked response',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
  ],
  [
    'chunk sizes in capitals and with leading zeros',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0003 \r\nabc\r\n00\r\n\r\n',
  ],
  [
    'blanks around chunk extensions',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 ; a = "b;c"\t\r\nabc\r\n0;x\r\n\r\n',
  ],
  [
    'a chunked body that was gzipped first',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ],
  [
    'transfer codings in two headers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ],
  ['equal Content-Lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3, 3\r\n\r\nabc'],
  ['a Content-Length with blanks and zeros', 'HTTP/1.1 200 OK\r\ncontent-length: \t 003 \t\r\n\r\nabc'],
  ['a response without a reason', 'HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc'],
  ['a status line that ends behind the status', 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc'],
  ['empty lines before the status line', '\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
  [
    'a response of HTTP/1.0 that asks to be kept alive',
    'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc',
  ],
  ['a later minor version', 'HTTP/1.9 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
  [
    'a Connection header with another option',
    'HTTP/1.1 200 OK\r\nConnection: x-closed, foo\r\nContent-Length: 3\r\n\r\nabc',
  ],
])('reads %s and keeps the connection', async (_what, reply) => {
  expect(await play(reply)).toMatchObject({ status: 200, body: 'abc', bodyBytes: 3, isKept: true });
});

test.each([
  ['says Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc'],
  [
    'says close among other options',
    'HTTP/1.1 200 OK\r\nConnection: foo ,\tCLOSE\r\nContent-Length: 3\r\n\r\nabc',
  ],
  [
    'says close in a second header',
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nconnection: close\r\nContent-Length: 3\r\n\r\nabc',
  ],
  ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
  [
    'is of HTTP/1.0 with a transfer coding',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ],
  ['is followed by surplus bytes', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef'],
  [
    'is followed by surplus bytes behind its last chunk',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nX',
  ],
])('gives the connection up behind a response that %s', async (_what, reply) => {
  expect(await play(reply)).toMatchObject({ status: 200, body: 'abc', isKept: false });
});

test('gives the connection up when the request itself said close', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  await client.request({ headers: { Connection: 'close' } });
  expect(await client.request()).toMatchObject({ status: 200, reused: false });
});

test.each([
  ['neither length nor coding', 'HTTP/1.1 200 OK\r\n\r\nall of it'],
  ['a coding that is not chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nall of it'],
])('reads a body with %s until the server closes', async (_what, reply) => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    peer.end(reply);
  });
  using client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 200, body: 'all of it', bodyBytes: 9 });
  expect(await client.request()).toMatchObject({ reused: false, retries: 0 });
});

test.each([
  ['conflicting Content-Lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
  ['conflicting lengths in one header', 'HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd'],
  [
    'Content-Length beside Transfer-Encoding',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ],
  ['a negative Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['a signed Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc'],
  ['a hexadecimal Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc'],
  ['an empty Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
  ['a Content-Length list with an empty end', 'HTTP/1.1 200 OK\r\nContent-Length: 3,\r\n\r\nabc'],
  ['a Content-Length past 2⁵³', 'HTTP/1.1 200 OK\r\nContent-Length: 9007199254740993\r\n\r\n'],
  ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
  ['a coding behind chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n'],
  ['HTTP/2 in the status line', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'],
  ['small letters in the version', 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a bare line feed behind a header', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
  ['a bare line feed behind the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
  ['a bare carriage return in a header', 'HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n'],
  ['a NUL in a header', 'HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n'],
  ['a header line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n'],
  ['a carriage return in place of the empty line', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\rX'],
])('refuses %s as malformed and drops the connection', async (_what, reply) => {
  expect(await play(reply)).toMatchObject({ status: 0, errorCode: 'malformed-response', isKept: false });
});

test('says in a sentence what is wrong with a malformed response', async () => {
  const { errorMessage } = await play('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n');
  expect(errorMessage).toBe('The response is malformed: an invalid Content-Length.');
});

test('counts what crossed the wire, and the body without its framing', async () => {
  const reply = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n';
  await using server = await startServer(replies(reply));
  using client = new TestClient(server.url);
  const outcome = await client.request({ method: 'POST', body: 'ü' });
  expect(outcome).toMatchObject({ bytesReceived: reply.length, bodyBytes: 5 });
  expect(outcome.bytesSent).toBe(server.peers[0]?.received.length);
});

test('keeps a body up to the limit, counts the rest, and does not fail', async () => {
  const body = 'x'.repeat(300_000);
  await using server = await startServer(
    replies(
      `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n${body}\r\n0\r\n\r\n`,
    ),
  );
  using client = new TestClient(server.url, { maxKeptBodyBytes: 1000 });
  for (let round = 0; round < 2; round++) {
    const outcome = await client.request();
    expect(outcome).toMatchObject({ status: 200, bodyBytes: 300_000, body: body.slice(0, 1000) });
  }
  expect(server.peers).toHaveLength(1);
});

test('keeps neither headers nor body that nobody asked for', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  await client.request();
  const outcome = await client.send(renderRequest({ target: client.target }), 0);
  expect(outcome).toMatchObject({ status: 200, bodyBytes: 2, body: '', headers: [] });
});

test('fails a response whose headers are larger than the limit, in one piece or in many', async () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ${'x'.repeat(2000)}\r\n\r\n`;
  await using server = await startServer(async (peer, index) => {
    await peer.request();
    if (index === 0) peer.write(head);
    else for (let at = 0; at < head.length; at += 100) peer.write(head.slice(at, at + 100));
  });
  using client = new TestClient(server.url, { maxHeaderBytes: 1000 });
  for (let round = 0; round < 2; round++) {
    expect(await client.request()).toMatchObject({ status: 0, errorCode: 'headers-too-large' });
  }
});

test('accepts headers of exactly the limit, body and next response behind them', async () => {
  const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc';
  await using server = await startServer(replies(reply));
  using client = new TestClient(server.url, { maxHeaderBytes: reply.length - 3 });
  expect(await client.request()).toMatchObject({ status: 200, body: 'abc' });
  using stricter = new TestClient(server.url, { maxHeaderBytes: reply.length - 4 });
  expect(await stricter.request()).toMatchObject({ errorCode: 'headers-too-large' });
});

test('gives the connection up when the answer came before the body was sent', async () => {
  await using server = await startServer(async (peer, index) => {
    await peer.head();
    if (index === 0) peer.socket.pause();
    peer.write(OK);
  });
  using client = new TestClient(server.url);
  const body = Buffer.alloc(32 * 1024 * 1024);
  expect(await client.request({ method: 'POST', body })).toMatchObject({ status: 200, body: 'ok' });
  expect(await client.request()).toMatchObject({ status: 200, reused: false });
});

test('takes the answer of a server that closes without reading the body', async () => {
  await using server = await startServer(async (peer) => {
    await peer.head();
    peer.socket.pause();
    peer.socket.write(
      'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno',
      () => {
        peer.socket.destroy();
      },
    );
  });
  using client = new TestClient(server.url);
  const outcome = await client.request({ method: 'POST', body: Buffer.alloc(32 * 1024 * 1024) });
  expect(outcome).toMatchObject({ status: 413, body: 'no' });
});

test('sends a body that is larger than any buffer on the way', async () => {
  const body = Buffer.alloc(8 * 1024 * 1024, 'é');
  await using server = await startServer(async (peer) => {
    const request = await peer.request();
    peer.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Got: ${request.length}\r\n\r\nok`);
  });
  using client = new TestClient(server.url);
  const outcome = await client.request({ method: 'PUT', body });
  expect(outcome.headers[1]).toEqual(['X-Got', String(outcome.bytesSent)]);
  expect(server.peers[0]?.received.subarray(-body.length).equals(body)).toBe(true);
});
