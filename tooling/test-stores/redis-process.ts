// One `redis-server` process, and the guardian that ends it when we are gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface RedisProcess {
  signal(signal: NodeJS.Signals): void;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

const START_LIMIT_MS = 10_000;

/**
 * A few lines of shell hold one end of a pipe whose other end only we hold: when we are gone, however that came, they
 * end the server. A word on the pipe says that the server has ended already. They exist before the server does.
 */
const GUARDIAN = `
( ( read -r word <&3 || kill -KILL $$ ) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/** Starts `program` on 127.0.0.1, without persistence, and returns once it answers. */
export async function startRedisProcess(
  program: string,
  port: number,
  folder: string,
): Promise<RedisProcess> {
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, loglevel: 'warning' };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('/bin/sh', ['-c', GUARDIAN, 'sh', program, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const pipe = server.stdio[3] as Duplex;
  pipe.on('error', () => pipe.destroy());
  server.once('exit', () => pipe.end('over\n'));
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
