// Connections to PostgreSQL, each bounded in time, that come back by themselves after the database was away.
import pg from 'pg';
import { parseDatabaseUrl } from './database-url.ts';

export interface PoolOptions {
  readonly databaseUrl: string;
  /** Shown by PostgreSQL in `pg_stat_activity`. */
  readonly name: string;
  readonly size?: number;
  /** How long a query waits for a connection, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** How long PostgreSQL works on one statement, in milliseconds; we wait a little longer for its answer. */
  readonly statementTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  /** PostgreSQL's settings for each connection, for example `{ jit: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told of connections lost while idle; they are replaced when the next query needs one. */
  readonly onIdleError?: (error: Error) => void;
}

const DEFAULTS = { size: 10, connectTimeoutMs: 3000, statementTimeoutMs: 15_000, idleTimeoutMs: 30_000 };
const ANSWER_GRACE_MS = 1000;

/**
 * Creates a pool of connections. Nothing connects before the first query, and a connection that breaks, or whose
 * server no longer answers, is dropped and replaced: the pool needs no restart after the database was away.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULTS.statementTimeoutMs;
  const pool = new pg.Pool({
    connectionString: parseDatabaseUrl(options.databaseUrl).href,
    application_name: options.name,
    max: options.size ?? DEFAULTS.size,
    connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    idleTimeoutMillis: options.idleTimeoutMs ?? DEFAULTS.idleTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A server that stalls answers nothing at all: without this limit of our own the query would wait for ever.
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    options: Object.entries(options.settings ?? {})
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    keepAlive: true,
  });
  // Without a listener, a connection lost while idle would end the process.
  pool.on('error', (error) => options.onIdleError?.(error));
  // pg-pool stops listening before it hands a connection out, and its user may not listen yet: lost in between, the
  // connection would end the process too. Its next query fails, and says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
