// The two stores of login sessions, by their addresses.
import { createPool } from '@trafficflux/postgres';
import type { LoginSessionStore } from '../src/login-sessions/login-session-store.ts';
import { createPostgresLoginSessionStore } from '../src/login-sessions/login-session-store-postgres.ts';
import { createRedisLoginSessionStore } from '../src/login-sessions/login-session-store-redis.ts';

/** A busy machine must not make tests of something else meet an outage. */
const PATIENT_MS = 20_000;

export function openPostgresSessions(databaseUrl: string, limitMs = PATIENT_MS): LoginSessionStore {
  return createPostgresLoginSessionStore(
    createPool({ databaseUrl, name: 'test', connectTimeoutMs: limitMs, statementTimeoutMs: limitMs }),
  );
}

export function openRedisSessions(
  redisUrl: string,
  limitMs = PATIENT_MS,
  onError: (error: Error) => void = () => {},
): LoginSessionStore {
  return createRedisLoginSessionStore({
    redisUrl,
    name: 'test',
    connectTimeoutMs: limitMs,
    answerTimeoutMs: limitMs,
    onError,
  });
}
