import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadTestHttp, startTestApp, type TestApp } from '../../test/test-app.ts';
import { ConfigError } from '../config/config-error.ts';
import { toListenError } from './listen-error.ts';

const hasIpv6 = await canListen('::1');

describe('the address of a service', () => {
  const started: TestApp[] = [];
  const start = async (env: Record<string, string>) => {
    const test = await startTestApp({ env }, (app) => app.get('/', async () => ({ ok: true })));
    started.push(test);
    return test;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ app }) => app.close()));
  });

  it.runIf(hasIpv6)('is 127.0.0.1 and ::1 for HOST=localhost', async () => {
    const { port } = await start({ HOST: 'localhost' });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect((await fetch(`http://[::1]:${port}/`)).status).toBe(200);
  });

  it('is 127.0.0.1 alone for HOST=127.0.0.1', async () => {
    const { port } = await start({ HOST: '127.0.0.1' });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await expect(fetch(`http://[::1]:${port}/`)).rejects.toThrow();
  });

  it('is given back whole when the service closes', async () => {
    const { app, port } = await start({ HOST: 'localhost' });
    await app.close();
    for (const host of ['127.0.0.1', '[::1]'])
      await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow();
  });

  it('names the port and its variable when it is taken', async () => {
    const { port } = await start({ HOST: '127.0.0.1' });
    const second = start({ HOST: '127.0.0.1', PORT: String(port), PORT_VARIABLE: 'BOOKS_PORT' });
    await expect(second).rejects.toThrow(
      new ConfigError(
        `Port ${port} on 127.0.0.1 is already in use: stop what listens there, or set BOOKS_PORT to another port.`,
      ),
    );
  });

  it.runIf(hasIpv6)('counts as taken when only ::1 is', async () => {
    const other = await listenOn('::1');
    const { port } = other.address() as { port: number };
    await expect(start({ HOST: 'localhost', PORT: String(port) })).rejects.toThrow(
      `Port ${port} on localhost is already in use`,
    );
    other.close();
  });

  it('says when HOST is no address of this machine', async () => {
    await expect(start({ HOST: '203.0.113.1' })).rejects.toThrow(
      'HOST must be an address of this machine, but it is "203.0.113.1".',
    );
  });

  it('names AirPlay for port 5000 on macOS', () => {
    const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    const http = { ...loadTestHttp(), port: 5000 };
    expect((toListenError(taken, http, 'darwin') as Error).message).toContain('AirPlay Receiver');
    expect((toListenError(taken, http, 'linux') as Error).message).not.toContain('AirPlay');
  });
});

async function listenOn(host: string): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer().once('error', reject).listen({ host, port: 0 }, resolve);
  await promise;
  return server;
}

async function canListen(host: string): Promise<boolean> {
  try {
    (await listenOn(host)).close();
    return true;
  } catch {
    return false;
  }
}
