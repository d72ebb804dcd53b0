// https: whom we trust, what we ask for, and what fails under the code `tls`.
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { createTarget } from '../../src/http/index.ts';
import { createCertificate } from './certificate.ts';
import { replies, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const certificate = createCertificate(['localhost', '127.0.0.1']);
const { cert: ca } = certificate;

test('answers over TLS with a certificate of the authority given, and keeps the connection', async () => {
  await using server = await startServer(replies(OK), { tls: certificate });
  using client = new TestClient(server.url, { tls: { ca } });
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', reused: false });
  expect(await client.request()).toMatchObject({ status: 200, body: 'ok', reused: true });
});

test('reads a long body over TLS byte for byte', async () => {
  const body = Array.from({ length: 50_000 }, (_item, index) => `${index};`).join('');
  await using server = await startServer(
    replies(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    {
      tls: certificate,
    },
  );
  using client = new TestClient(server.url, { tls: { ca } });
  expect((await client.request()).body).toBe(body);
});

test('asks for the host by name, for an address by none, and only for HTTP/1.1', async () => {
  await using server = await startServer(replies(OK), {
    tls: { ...certificate, ALPNProtocols: ['h2', 'http/1.1'] },
  });
  for (const host of ['localhost', '127.0.0.1']) {
    using client = new TestClient(`https://${host}:${server.port}/`, { tls: { ca } });
    expect(await client.request()).toMatchObject({ status: 200 });
  }
  const sockets = server.peers.map(({ socket }) => socket as TLSSocket & { servername: string | false });
  expect(sockets.map(({ servername }) => servername)).toEqual(['localhost', false]);
  expect(sockets.map(({ alpnProtocol }) => alpnProtocol)).toEqual(['http/1.1', 'http/1.1']);
});

test.each([
  ['a certificate that nobody vouches for', {}, certificate],
  ['a certificate for another name', {}, createCertificate(['other.test'])],
])('refuses %s, unless told to be insecure', async (_what, tls, served) => {
  await using server = await startServer(replies(OK), { tls: served });
  using strict = new TestClient(server.url, { tls });
  const outcome = await strict.request();
  expect(outcome).toMatchObject({ status: 0, errorCode: 'tls', bytesSent: 0 });
  expect(outcome.errorMessage).toContain(`TLS with 127.0.0.1:${server.port} failed: `);
  using insecure = new TestClient(server.url, { tls: { insecure: true } });
  expect(await insecure.request()).toMatchObject({ status: 200 });
});

test('checks the certificate against the name of the URL', async () => {
  const other = createCertificate(['other.test']);
  await using server = await startServer(replies(OK), { tls: other });
  const url = `https://localhost:${server.port}/`;
  using wrong = new TestClient(url, { tls: { ca: other.cert } });
  expect(await wrong.request()).toMatchObject({ errorCode: 'tls' });
  using right = new TestClient(url, { tls: { ca: other.cert, servername: 'other.test' } });
  expect(await right.request()).toMatchObject({ status: 200 });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'resumes the session of an earlier connection (%s)',
  async (version) => {
    await using server = await startServer(
      replies('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
      {
        tls: { ...certificate, maxVersion: version },
      },
    );
    using client = new TestClient(server.url, { tls: { ca } });
    expect(await client.request()).toMatchObject({ status: 200 });
    expect(await client.request()).toMatchObject({ status: 200, reused: false });
    expect(server.peers.map(({ socket }) => (socket as TLSSocket).isSessionReused() === true)).toEqual([
      false,
      true,
    ]);
  },
);

test('never lets a session of an untrusted server stand in for its certificate', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    await using server = await startServer(replies(OK), { tls: { ...certificate, maxVersion } });
    using client = new TestClient(server.url);
    for (let round = 0; round < 3; round++)
      expect(await client.request()).toMatchObject({ errorCode: 'tls' });
    expect(client.target.session).toBeUndefined();
  }
});

test('reports a server that speaks no TLS, and one that closes within the handshake', async () => {
  await using plain = await startServer((peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await using shut = await startServer((peer) => peer.end());
  for (const { port } of [plain, shut]) {
    using client = new TestClient(`https://127.0.0.1:${port}/`, { tls: { insecure: true } });
    expect(await client.request()).toMatchObject({ status: 0, errorCode: 'tls' });
  }
});

test('limits a handshake that does not come to its end', async () => {
  await using server = await startServer(() => {});
  using client = new TestClient(`https://127.0.0.1:${server.port}/`, { connectTimeoutMs: 30 });
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'connect-timeout' });
});

test.each([{ ca: 'no certificate' }, { cert: 'none', key: 'none' }, { cert: ca, key: 'none' }])(
  'refuses tls options that cannot be read (%j) with a TypeError',
  (tls) => {
    expect(() => createTarget('https://h.test/', { tls })).toThrow(TypeError);
  },
);

test('shows a certificate of its own to a server that asks for one', async () => {
  await using server = await startServer(replies(OK), { tls: { ...certificate, requestCert: true, ca } });
  using client = new TestClient(server.url, { tls: { ca, ...certificate } });
  expect(await client.request()).toMatchObject({ status: 200 });
  using stranger = new TestClient(server.url, { tls: { ca } });
  expect(await stranger.request()).toMatchObject({ status: 0, errorCode: 'tls' });
});

test('sends no server name for an address (RFC 6066)', () => {
  expect(createTarget('https://[::1]/').servername).toBe('');
  expect(createTarget('https://h.test/').servername).toBe('h.test');
});
