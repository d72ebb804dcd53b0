import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { open, readToEnd } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('TLS by TLS_CERT and TLS_KEY', () => {
  let folder: string;
  let test: TestApp;
  const file = (name: string) => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      file('key.pem'),
    ];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', file('cert.pem'), '-days', '1', ...subject], {
      stdio: 'pipe',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => test.app.close());

  const start = async () => {
    test = await startTestApp({ env: { TLS_CERT: file('cert.pem'), TLS_KEY: file('key.pem') } }, (app) => {
      app.get('/', async (request) => ({ protocol: request.protocol }));
    });
  };

  it('serves HTTPS with that certificate, and HSTS for a year', async () => {
    await start();
    const { headers, body, agent } = await fetchTls(test.port, readFileSync(file('cert.pem')));
    expect(JSON.parse(body)).toEqual({ protocol: 'https' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    agent.destroy();
  });

  it('announces an https URL', async () => {
    await start();
    expect(test.urls).toEqual([`https://127.0.0.1:${test.port}`]);
  });

  it('speaks no TLS older than 1.2', async () => {
    await start();
    const socket = connect({
      port: test.port,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      rejectUnauthorized: false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<Error>();
    socket.once('error', resolve);
    socket.once('secureConnect', () => reject(new Error('an old protocol was accepted')));
    expect((await promise).message).toMatch(/version|protocol|alert/i);
  });

  it('closes on a client that speaks plain HTTP', async () => {
    await start();
    const socket = await open(test.port);
    const ended = readToEnd(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await ended).not.toContain('200 OK');
  });
});

async function fetchTls(port: number, ca: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    headers: Record<string, unknown>;
    body: string;
    agent: Agent;
  }>();
  const agent = new Agent({ ca, keepAlive: false });
  get({ host: 'localhost', servername: 'localhost', port, agent, family: 4 }, async (response) => {
    let body = '';
    for await (const chunk of response) body += chunk;
    resolve({ headers: response.headers, body, agent });
  }).once('error', reject);
  return promise;
}
