/** Liveness: the process turns. Readiness: its stores answer, and it is not shutting down. */
import type { FastifyInstance } from 'fastify';
import type { KitErrors } from '../errors/sentences.ts';
import type { Connections } from '../server/connections.ts';

/** Resolves when the store answers, rejects when it does not. */
export type ReadinessCheck = () => Promise<unknown>;

export interface HealthOptions {
  readonly livePath: string;
  readonly readyPath: string;
  /** By the name that the log shows, for example `{ postgres: () => pool.query('SELECT 1') }`. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly connections: Connections;
  readonly kitErrors: KitErrors;
}

const CHECK_TIMEOUT_MS = 2_000;
const RETRY_AFTER_SECONDS = 1;

export function addHealthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const route = { schema: { hide: true }, config: { neverShed: true } };
  app.get(options.livePath, route, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get(options.readyPath, route, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const failed = options.connections.isEnding
      ? ['shutdown']
      : await findFailed(options.checks, request.log);
    if (failed.length === 0) return { status: 'ready' };
    throw options.kitErrors('NOT_READY', { retryAfterSeconds: RETRY_AFTER_SECONDS, details: { failed } });
  });
}

async function findFailed(checks: HealthOptions['checks'], log: FastifyInstance['log']): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withTimeout(check());
        return undefined;
      } catch (error) {
        log.warn({ err: error, check: name }, 'not ready');
        return name;
      }
    }),
  );
  return results.filter((name) => name !== undefined);
}

async function withTimeout(work: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
    CHECK_TIMEOUT_MS,
  );
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
