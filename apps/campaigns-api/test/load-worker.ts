// A load worker as a process: what the service and the worker do together is tested as people run it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface LoadWorker {
  readonly name: string;
  end(): Promise<void>;
}

/** Returns when it is ready. */
export async function startLoadWorker(databaseUrl: string): Promise<LoadWorker> {
  const main = fileURLToPath(new URL('../../load-worker/src/main.ts', import.meta.url));
  const name = 'a-worker';
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      PLATFORM_DATABASE_URL: databaseUrl,
      WORKER_NAME: name,
    },
  });
  const exited = once(child, 'exit');
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (JSON.parse(line).msg === 'ready') ready.resolve();
  });
  exited.then(() => ready.reject(new Error('The worker ended before it was ready.')));
  await ready.promise;
  return {
    name,
    async end() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
