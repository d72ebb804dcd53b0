// TLS and addresses of a run: insecure, ca, cert and key, resolve; read before the run, the same in every thread.
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionOptions, defineScenario, runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';
import { createEngine } from '../engine/engine.ts';
import { createCertificate } from '../http/certificate.ts';
import { CERTIFICATE, PASSPHRASE, PKCS12 } from '../http/pkcs12.ts';
import { replies, startServer } from '../http/scripted-server.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const served = createCertificate(['localhost', 'shop.test', '127.0.0.1']);
const ours = createCertificate(['client.test']);
const ENGINE = new URL('../../src/index.ts', import.meta.url).href;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadspiker-'));
});

async function toFile(name: string, text: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** What came of one request each by a repeated URL over threads, a scenario file, a scenario object, and executeRequest. */
async function reach(url: string, connection: ConnectionOptions): Promise<string[]> {
  const scenario = await toFile(
    'reach.ts',
    `import { defineScenario } from '${ENGINE}';
    export default defineScenario({
      name: 'reach',
      setup: (run) => run.get('/').then(() => {}),
      tasks: [{ name: 't', run: (user) => user.get('/') }],
    });`,
  );
  const object = defineScenario({ name: 'object', tasks: [{ name: 't', run: (user) => user.get('/') }] });
  const loads = [
    { url, users: 2, iterations: 4, workerThreads: 2 },
    { scenario, host: url, users: 2, iterations: 4, workerThreads: 2 },
    { scenario: object, host: url, iterations: 2 },
  ];
  const found: string[] = [];
  for (const load of loads) {
    const { total, errors } = await runLoad({ ...load, connection });
    found.push(total.failures === 0 ? 'ok' : (errors[0]?.message ?? ''));
  }
  const { success, errorMessage } = await createEngine({ connection }).executeRequest(url);
  return [...found, success ? 'ok' : errorMessage];
}

const ALL_OK = ['ok', 'ok', 'ok', 'ok'];

describe('the connection of a run', () => {
  it('trusts the authority given, as text or as a file, and nobody else', async () => {
    await using server = await startServer(replies(OK), { tls: served });
    const strangers = await reach(server.url, { ca: createCertificate(['x.test']).cert });
    expect(strangers).toHaveLength(4);
    for (const sentence of strangers) expect(sentence).toContain(`TLS with 127.0.0.1:${server.port} failed`);
    expect(await reach(server.url, { ca: served.cert })).toEqual(ALL_OK);
    const file = await toFile('ca.pem', `# two\n${served.cert}${ours.cert}`);
    expect(await reach(server.url, { ca: [file] })).toEqual(ALL_OK);
  });

  it('accepts any certificate where it is told to be insecure', async () => {
    await using server = await startServer(replies(OK), { tls: createCertificate(['other.test']) });
    expect(await reach(server.url, { insecure: true })).toEqual(ALL_OK);
  });

  it('shows its own certificate to a server that asks for one', async () => {
    await using server = await startServer(replies(OK), {
      tls: { ...served, ca: ours.cert, requestCert: true, rejectUnauthorized: true },
    });
    const without = await reach(server.url, { ca: served.cert });
    expect(without.filter((sentence) => sentence === 'ok')).toEqual([]);
    const cert = await toFile('cert.pem', ours.cert);
    const key = await toFile('key.pem', ours.key);
    expect(await reach(server.url, { ca: served.cert, cert, key })).toEqual(ALL_OK);
    const both = await toFile('both.pem', ours.cert + ours.key);
    expect(await reach(server.url, { ca: served.cert, cert: both })).toEqual(ALL_OK);
  });

  it('opens an encrypted key, and PKCS #12, with a passphrase, and says which file it cannot open', async () => {
    await using server = await startServer(replies(OK), {
      tls: { ...served, ca: [ours.cert, CERTIFICATE], requestCert: true, rejectUnauthorized: true },
    });
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret', format: 'pem', type: 'pkcs8' } as const;
    const key = await toFile('locked.pem', createPrivateKey(ours.key).export(cipher).toString());
    const locked = { ca: served.cert, cert: ours.cert, key };
    expect(await reach(server.url, { ...locked, passphrase: 'secret' })).toEqual(ALL_OK);
    await expect(reach(server.url, locked)).rejects.toThrow(
      `Expected ${key} to hold a private key in PEM: it is encrypted, and there is no passphrase.`,
    );
    const pfx = await toFile('client.p12', PKCS12);
    for (const each of [pfx, PKCS12])
      expect(await reach(server.url, { ca: served.cert, pfx: each, passphrase: PASSPHRASE })).toEqual(ALL_OK);
    await expect(reach(server.url, { ca: served.cert, pfx, passphrase: 'wrong' })).rejects.toThrow(
      `Expected ${pfx} to be PKCS #12 that the passphrase opens.`,
    );
  });

  it('asks and checks for another name than that of the URL', async () => {
    const inner = createCertificate(['inner.test']);
    await using trusted = await startServer(replies(OK), { tls: inner });
    expect(await reach(trusted.url, { ca: inner.cert, servername: 'inner.test' })).toEqual(ALL_OK);
    const names = trusted.peers.map(
      ({ socket }) => (socket as TLSSocket & { servername: string }).servername,
    );
    expect(new Set(names)).toEqual(new Set(['inner.test']));
  });

  it('finds a name at the address given, and asks and checks for the name', async () => {
    await using server = await startServer(replies(OK), { tls: served });
    const url = `https://shop.test:${server.port}/`;
    const resolve = [`shop.test:${server.port}:127.0.0.1`];
    expect(await reach(url, { ca: served.cert, resolve })).toEqual(ALL_OK);
    const names = server.peers.map(({ socket }) => (socket as TLSSocket & { servername: string }).servername);
    expect(new Set(names)).toEqual(new Set(['shop.test']));
    const heads = server.peers.map(({ received }) => /host: (.*)\r/i.exec(received.toString())?.[1]);
    expect(new Set(heads)).toEqual(new Set([`shop.test:${server.port}`]));
  });

  it('leaves other ports and other names to the system', async () => {
    const server = await startCountingServer();
    const { port } = new URL(server.url);
    const wrong = [`localhost:1:192.0.2.1`, `other.test:${port}:192.0.2.1`];
    expect(await reach(`http://localhost:${port}/`, { resolve: wrong })).toEqual(ALL_OK);
  });

  it('lets * stand for any name and any port', async () => {
    const server = await startCountingServer();
    const { port } = new URL(server.url);
    expect(await reach(`http://a.invalid:${port}/`, { resolve: `*:${port}:127.0.0.1` })).toEqual(ALL_OK);
    expect(await reach(`http://b.invalid:${port}/`, { resolve: '*:*:127.0.0.1' })).toEqual(ALL_OK);
  });

  it.each([
    [{ ca: '/no/such/ca.pem' }, 'The file /no/such/ca.pem cannot be read (ENOENT).'],
    [{ cert: '/no/such/cert.pem', key: ours.key }, 'The file /no/such/cert.pem cannot be read (ENOENT).'],
    [
      { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      'connection.ca to hold certificates',
    ],
    [{ cert: ours.cert }, 'Expected connection.key beside connection.cert'],
    [{ key: ours.key }, 'Expected connection.cert beside connection.key'],
    [
      { cert: ours.cert, key: served.key },
      'The key of connection.key does not belong to the certificate of connection.cert.',
    ],
    [{ resolve: 'shop.test:80' }, 'Expected host:port:address such as shop.test:443:127.0.0.1'],
    [{ resolve: 'shop.test:80:elsewhere' }, 'got "shop.test:80:elsewhere"'],
  ])('refuses %j before anything starts', async (connection, sentence) => {
    const rejection = runLoad({ url: 'http://127.0.0.1:9/', iterations: 1, connection });
    await expect(rejection).rejects.toThrow(sentence);
    await expect(rejection).rejects.toBeInstanceOf(TypeError);
    await expect(createEngine({ connection }).executeRequest('http://127.0.0.1:9/')).rejects.toThrow(
      sentence,
    );
  });

  it('names the file that is wrong', async () => {
    const broken = await toFile('broken.pem', 'no certificate at all');
    await expect(runLoad({ url: 'http://127.0.0.1:9/', connection: { ca: broken } })).rejects.toThrow(
      `Expected ${broken} to hold a certificate in PEM.`,
    );
    const key = await toFile('other-key.pem', served.key);
    const cert = await toFile('our-cert.pem', ours.cert);
    await expect(runLoad({ url: 'http://127.0.0.1:9/', connection: { cert, key } })).rejects.toThrow(
      `The key of ${key} does not belong to the certificate of ${cert}.`,
    );
  });
});
