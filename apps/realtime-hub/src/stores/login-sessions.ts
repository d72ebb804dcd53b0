// Opens the login sessions: on Redis where it is set, else on PostgreSQL.
import { createPool } from '@trafficflux/postgres';
import type { Logger } from '@trafficflux/service-kit';
import type { PlatformConfig } from '../config.ts';
import type { LoginSessionStore } from '../login-sessions/login-session-store.ts';
import { createPostgresLoginSessionStore } from '../login-sessions/login-session-store-postgres.ts';

/** As the stores show it in their lists of connections. */
export const NAME = 'realtime-hub';

export async function openLoginSessions(config: PlatformConfig, logger: Logger): Promise<LoginSessionStore> {
  const { redisUrl, databaseUrl, poolSize, connectTimeoutMs, answerTimeoutMs } = config;
  if (redisUrl !== null) {
    // Most processes stand on PostgreSQL, and need not load its client.
    const { createRedisLoginSessionStore } = await import('../login-sessions/login-session-store-redis.ts');
    return createRedisLoginSessionStore({
      redisUrl,
      name: NAME,
      connectTimeoutMs,
      answerTimeoutMs,
      onError: (error) => logger.warn({ err: error }, 'the login sessions in Redis are away'),
    });
  }
  if (databaseUrl === null)
    throw new TypeError('Login sessions need the URL of a Redis or of a PostgreSQL database.');
  const pool = createPool({
    databaseUrl,
    name: NAME,
    size: poolSize,
    connectTimeoutMs,
    statementTimeoutMs: answerTimeoutMs,
    onIdleError: (error) => logger.warn({ err: error }, 'a connection to the login sessions was lost'),
  });
  return createPostgresLoginSessionStore(pool);
}
