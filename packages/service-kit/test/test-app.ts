/** A small real app to ask: the kit as a service uses it, its log in memory, its settings changed by a test. */

import type { HttpConfig } from '../src/index.ts';
import {
  type App,
  type AppOptions,
  createApp,
  createLogger,
  httpVariables,
  loadConfig,
  portVariable,
  toHttpConfig,
} from '../src/index.ts';

export interface TestApp {
  readonly app: App;
  /** Every line of the log so far. */
  readonly lines: string[];
  readonly port: number;
  readonly urls: readonly string[];
}

export type TestAppOptions = Partial<Omit<AppOptions, 'http' | 'logger' | 'name'>> & {
  readonly env?: Readonly<Record<string, string>>;
};

export function loadTestHttp(env: Readonly<Record<string, string>> = {}): HttpConfig {
  return loadConfig({
    variables: { ...httpVariables, PORT: portVariable(0) },
    shape: toHttpConfig,
    source: { env: { HOST: '127.0.0.1', LOG_LEVEL: 'debug', SHUTDOWN_DRAIN_MS: '0', ...env } },
  });
}

/** Creates an app, lets the test add its routes, and listens on a free port. */
export async function startTestApp(
  options: TestAppOptions = {},
  addRoutes: (app: App) => void = () => {},
): Promise<TestApp> {
  const { env, ...rest } = options;
  const lines: string[] = [];
  const http = loadTestHttp(env);
  const destination = { write: (line: string) => void lines.push(line) };
  const app = await createApp({
    name: 'test',
    http,
    logger: createLogger({ name: 'test', level: http.logLevel, destination }),
    errors: { serialize: (error) => ({ error: error.message }) },
    ...rest,
  });
  addRoutes(app);
  return { app, lines, ...(await app.listenAsConfigured()) };
}
