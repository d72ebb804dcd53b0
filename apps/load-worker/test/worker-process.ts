// A load worker as a process of its own, which a test may kill or freeze.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface WorkerProcess extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly lines: readonly Record<string, unknown>[];
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, and returns the exit code: null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

let count = 0;

/** Starts it on a free port; returns when it listens. */
export async function startWorkerProcess(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<WorkerProcess> {
  const name = `process-${++count}`;
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      PLATFORM_DATABASE_URL: databaseUrl,
      WORKER_NAME: name,
      LEASE_MS: '1000',
      ...environment,
    },
  });
  const exited = once(child, 'exit');
  const lines: Record<string, unknown>[] = [];
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    lines.push(line);
    if (line.msg === 'ready') ready.resolve(line.urls[0]);
  });
  exited.then(() => ready.reject(new Error('The worker ended before it listened.')));
  const url = await ready.promise;
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    child.kill(signal);
    // A frozen process hears of no other signal.
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    const [code] = await exited;
    return code;
  }
  return {
    name,
    url,
    lines,
    signal: (signal) => void child.kill(signal),
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}
