// The real worker in this process, on the stores of a test.
import { createLogger } from '@trafficflux/service-kit';
import { buildApp } from '../src/app.ts';
import { loadWorkerConfig } from '../src/config.ts';
import { openStores } from '../src/stores/stores.ts';

export interface TestWorker extends AsyncDisposable {
  readonly lines: readonly Record<string, unknown>[];
  /** GET, as text. */
  ask(path: string): Promise<{ readonly status: number; readonly body: string }>;
  close(): Promise<void>;
}

let count = 0;

export async function startTestWorker(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<TestWorker> {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    name: 'load-worker',
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const config = loadWorkerConfig({
    env: {
      DATABASE_URL: databaseUrl,
      PLATFORM_DATABASE_URL: databaseUrl,
      WORKER_NAME: `worker-${++count}`,
      HOST: '127.0.0.1',
      PORT: '0',
      ...environment,
    },
  });
  const app = await buildApp(config, openStores(config, logger), logger);
  await app.ready();
  const close = () => app.close();
  return {
    lines,
    async ask(path) {
      const { statusCode, body } = await app.inject(path);
      return { status: statusCode, body };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
