// A server in a process of its own, on cores of its own, until it is stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_MS = 60_000;
const STOP_MS = 20_000;

export interface ServerChild {
  readonly pid: number;
  /** The first line that told that it is ready. */
  readonly ready: string;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly cores: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly isReady: (line: string) => boolean;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @throws {Error} when it ends or does not get ready, with what it printed last */
export async function startChild(command: readonly string[], options: ChildOptions): Promise<ServerChild> {
  const child = spawn('taskset', ['-c', options.cores, ...command], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const exited = once(child, 'exit').then(() => void running.delete(child));
  const ready = await waitUntilReady(child, options.isReady);
  return {
    pid: child.pid ?? 0,
    ready,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Reads on after it was found, so that the server never waits for us. */
async function waitUntilReady(child: ChildProcess, isReady: (line: string) => boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (isReady(line)) resolve(line);
      last.push(line);
      if (last.length > 20) last.shift();
    });
  }
  const fail = (what: string) =>
    reject(new Error(`${child.spawnargs.join(' ')} ${what}: ${last.join('\n')}`));
  child.once('exit', (code) => fail(`ended with ${code}`));
  const timer = setTimeout(() => fail('does not get ready'), START_MS);
  try {
    return await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
