import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get as httpGet } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { open, readToEnd, readUntil } from '../../test/raw-http.ts';
import type { SupervisorMessage } from './supervisor.ts';

interface Service {
  readonly child: ChildProcess;
  readonly port: number;
  readonly exit: Promise<number | null>;
  readonly log: () => string;
}

describe('the process of a service', () => {
  const children = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
  });

  const spawn = (env: Record<string, string> = {}) => {
    const child = fork(new URL('../../test/service.ts', import.meta.url), {
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...env },
      execArgv: [],
      silent: true,
    });
    children.add(child);
    const output: string[] = [];
    child.stdout?.on('data', (chunk) => output.push(String(chunk)));
    child.stderr?.on('data', (chunk) => output.push(String(chunk)));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    return { child, exit, log: () => output.join('') };
  };
  const start = async (env: Record<string, string> = {}): Promise<Service> => {
    const spawned = spawn(env);
    const [message] = (await once(spawned.child, 'message')) as [SupervisorMessage];
    if (message.type !== 'ready') throw new Error(message.message);
    return { ...spawned, port: Number(new URL(message.urls[0] ?? '').port) };
  };
  const send = (socket: Awaited<ReturnType<typeof open>>, path: string) =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

  /** A client is connected before its server knows. Connections are accepted in order, so an answer on one speaks for all before it. */
  const untilAccepted = async (socket: Awaited<ReturnType<typeof open>>) => {
    send(socket, '/');
    await readUntil(socket, '{"ok":true}');
  };

  it('tells its supervisor the URL and the documentation when it listens', async () => {
    const { child } = spawn();
    const [message] = (await once(child, 'message')) as [SupervisorMessage];
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(message).toEqual({ type: 'ready', urls: [url], docs: expect.stringMatching(/\/docs$/) });
  });

  it('S12 exits with 1 and one sentence when its configuration is wrong, and tells its supervisor', async () => {
    const { child, exit, log } = spawn({ PORT: 'abc' });
    const [message] = (await once(child, 'message')) as [SupervisorMessage];
    const sentence = 'PORT must be an integer from 0 to 65535, but it is "abc".';
    expect(message).toEqual({ type: 'failed', message: sentence });
    expect(await exit).toBe(1);
    await expect.poll(log).toBe(`test-service: ${sentence}\n`);
  });

  it('exits with 1 and one sentence when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { exit, log } = spawn({ PORT: String(port) });
    expect(await exit).toBe(1);
    await expect.poll(log).toContain(`test-service: Port ${port} on 127.0.0.1 is already in use`);
    other.close();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes what is in flight after %s, closes its stores, and exits with 0',
    async (signal) => {
      const { child, port, exit, log } = await start();
      const socket = await open(port);
      const answer = readToEnd(socket);
      send(socket, '/slow?ms=600');
      await expect.poll(log).toContain('"path":"/slow"');
      child.kill(signal);
      expect(await answer).toMatch(/connection: close[\s\S]*\{"slow":true\}$/i);
      expect(await exit).toBe(0);
      await expect.poll(log).toMatch(/"status":200[\s\S]*stores closed[\s\S]*stopped/);
    },
  );

  it('closes idle keep-alive connections instead of waiting for their clients', async () => {
    const { child, port, exit } = await start();
    const socket = await open(port);
    const ended = readToEnd(socket);
    send(socket, '/');
    await readUntil(socket, '{"ok":true}');
    child.kill('SIGTERM');
    await ended;
    expect(await exit).toBe(0);
  });

  it('is not ready, and serves as before, while its orchestrator has not noticed', async () => {
    const { child, port, exit, log } = await start({ SHUTDOWN_DELAY_MS: '2000' });
    child.kill('SIGTERM');
    await expect.poll(log).toContain('shutting down');
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(await exit).toBe(0);
  });

  it('answers on an idle connection that speaks up after the signal, asks it to leave, and takes no new one', async () => {
    const { child, port, exit, log } = await start({ SHUTDOWN_DRAIN_MS: '5000' });
    const [silent, idle] = [await open(port), await open(port)];
    const ends = Promise.all([readToEnd(silent), readToEnd(idle)]);
    await untilAccepted(idle);
    child.kill('SIGTERM');
    await expect.poll(log).toContain('shutting down');
    await expect
      .poll(() =>
        open(port).then(
          (socket) => socket.destroy() && 'taken',
          () => 'refused',
        ),
      )
      .toBe('refused');
    send(idle, '/');
    send(silent, '/');
    for (const answer of await ends) expect(answer).toMatch(/connection: close[\s\S]*\{"ok":true\}$/i);
    expect(await exit).toBe(0);
  });

  it('does not wait for a client that connected and said nothing', async () => {
    const { child, port, exit } = await start({
      HEADERS_TIMEOUT_MS: '60000',
      REQUEST_TIMEOUT_MS: '60000',
      SHUTDOWN_GRACE_MS: '20000',
    });
    const silent = readToEnd(await open(port));
    const second = await open(port);
    await untilAccepted(second);
    second.destroy();
    child.kill('SIGTERM');
    expect(await silent).toBe('');
    expect(await exit).toBe(0);
  });

  it('loses no request of busy keep-alive clients when it is told to stop', async () => {
    const { child, port, exit } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    let answered = 0;
    const failures: string[] = [];
    const client = async () => {
      for (;;) {
        const outcome = await ask(agent, port);
        if (outcome === 'refused') return;
        if (outcome === 200) answered++;
        else failures.push(String(outcome));
        if (answered === 500) child.kill('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThanOrEqual(500);
    expect(await exit).toBe(0);
  });

  it('exits with 1 at the end of its grace, whatever is still in flight', async () => {
    const { child, port, exit, log } = await start({ SHUTDOWN_GRACE_MS: '500' });
    const socket = await open(port);
    const ended = readToEnd(socket);
    send(socket, '/slow?ms=60000');
    await expect.poll(log).toContain('"path":"/slow"');
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    await ended;
  });

  it('ends at once on a second signal', async () => {
    const { child, port, exit, log } = await start();
    const socket = await open(port);
    socket.on('error', () => {});
    send(socket, '/slow?ms=60000');
    await expect.poll(log).toContain('"path":"/slow"');
    child.kill('SIGTERM');
    await expect.poll(log).toContain('shutting down');
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
  });

  it('does not outlive its supervisor', async () => {
    const { child, exit } = await start();
    child.disconnect();
    expect(await exit).toBe(0);
  });

  it('does not outlive a supervisor that dies while it starts', async () => {
    const { child, exit, log } = spawn({ BUILD_MS: '60000' });
    await expect.poll(log).toContain('building');
    child.disconnect();
    expect(await exit).toBe(1);
  });

  it('logs an uncaught error, finishes what is in flight, and exits with 1', async () => {
    const { port, exit, log } = await start();
    const slow = fetch(`http://127.0.0.1:${port}/slow?ms=300`);
    await expect.poll(log).toContain('"path":"/slow"');
    await fetch(`http://127.0.0.1:${port}/crash`);
    expect((await slow).status).toBe(200);
    expect(await exit).toBe(1);
    await expect.poll(log).toMatch(/"level":60[^\n]*a bug outside of any request/);
  });
});

/** One request; a refused connection is no lost request: the service never saw it. */
async function ask(agent: Agent, port: number): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  httpGet({ host: '127.0.0.1', port, path: '/', agent }, (response) => {
    response.resume();
    response.once('end', () => resolve(response.statusCode ?? 0));
    response.once('error', (error) => resolve(error.message));
  }).once('error', (error: NodeJS.ErrnoException) =>
    resolve(error.code === 'ECONNREFUSED' ? 'refused' : String(error.code)),
  );
  return promise;
}
