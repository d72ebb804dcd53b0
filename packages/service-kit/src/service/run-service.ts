/** The life of a service's process: configuration, stores, address, traffic, shutdown. */
import { setTimeout as wait } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { App } from '../app.ts';
import { ConfigError } from '../config/config-error.ts';
import type { HttpConfig } from '../config/http-config.ts';
import { createLogger, endLog, type Logger } from '../logging/logger.ts';
import { onSupervisorGone, tellSupervisor } from './supervisor.ts';

export interface ServiceOptions<Config extends { readonly http: HttpConfig }> {
  readonly name: string;
  /** @throws {ConfigError} */
  readonly loadConfig: () => Config;
  /** Opens the stores and builds the app; the app's `onClose` hooks close what this opens. */
  readonly build: (config: Config, logger: Logger) => Promise<App>;
  /** Path of the documentation, shown by the supervisor. */
  readonly docsPath?: string;
}

/**
 * Runs a service until a signal, the end of its supervisor or an uncaught error.
 *
 * A service that cannot start writes one sentence to stderr, tells its supervisor, and exits with 1. A second
 * signal ends the process at once, and so does the end of `SHUTDOWN_GRACE_MS`, both with exit code 1.
 */
export async function runService<Config extends { readonly http: HttpConfig }>(
  options: ServiceOptions<Config>,
): Promise<void> {
  try {
    await start(options);
  } catch (error) {
    await fail(options.name, error);
  }
}

async function start<Config extends { readonly http: HttpConfig }>(
  options: ServiceOptions<Config>,
): Promise<void> {
  // Until there is something to close, nothing is lost by ending at once.
  let close: () => void = () => process.exit(1);
  onSupervisorGone(() => close());
  const config = options.loadConfig();
  const logger = createLogger({ name: options.name, level: config.http.logLevel });
  const app = await options.build(config, logger);
  const { urls } = await app.listenAsConfigured();
  close = closeOnSignal(app, config.http, logger);
  logger.info({ urls }, 'ready');
  const docs = options.docsPath === undefined ? {} : { docs: `${urls[0]}${options.docsPath}` };
  await tellSupervisor({ type: 'ready', urls, ...docs });
}

function closeOnSignal(app: App, http: HttpConfig, logger: Logger): () => void {
  const { delayMs, graceMs } = http.shutdown;
  const grace = closeWithGrace({ delay: delayMs + graceMs, logger }, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, 'uncaught error');
    logger.info({ signal, connections: app.connections.size }, 'shutting down');
    app.connections.announceEnd();
    await wait(delayMs);
    await app.close();
    logger.info('stopped');
    await endLog(logger);
  });
  return grace.close;
}

async function fail(name: string, error: unknown): Promise<void> {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    error instanceof ConfigError ? `${name}: ${sentence}\n` : `${name}: ${describe(error)}\n`,
  );
  await tellSupervisor({ type: 'failed', message: sentence });
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
