// One `redis-server` process, which ends when we are gone.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { spawnGuarded } from './guarded-process.ts';

export interface RedisProcess {
  signal(signal: NodeJS.Signals): void;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

const START_LIMIT_MS = 10_000;

/** Starts `program` on 127.0.0.1, by default without persistence, and returns once it answers. */
export async function startRedisProcess(
  program: string,
  port: number,
  folder: string,
  given: Readonly<Record<string, string>> = {},
): Promise<RedisProcess> {
  const fixed = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, loglevel: 'warning' };
  const flags = Object.entries({ ...fixed, ...given }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ]);
  const server = spawnGuarded([program, ...flags], ['ignore', 'inherit']);
  await untilItAnswers(server, port);
  return { signal: (signal) => server.kill(signal), kill: () => endServer(server) };
}

async function untilItAnswers(server: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(port))) {
    if (hasEnded(server) || performance.now() > deadline) {
      await endServer(server);
      throw new Error(`redis-server did not start on port ${port}.`);
    }
    await delay(10);
  }
}

async function endServer(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
