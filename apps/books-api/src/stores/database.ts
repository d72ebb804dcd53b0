// The connections of the service: a few for the hot reads, and more for Prisma.
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { createPool } from '@trafficflux/postgres';
import type { Logger } from '@trafficflux/service-kit';
import type pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client.ts';
import type { DatabaseConfig } from '../config.ts';

export interface Database {
  /** For the hot reads, which so never wait behind transactions. */
  readonly reads: pg.Pool;
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/**
 * A plan that PostgreSQL keeps for a named statement may stem from a minute when the tables were empty, and then
 * scans them whole when they have grown. Hot reads are planned each time, which costs less than one such scan.
 */
const READ_SETTINGS = { plan_cache_mode: 'force_custom_plan', enable_seqscan: 'off', jit: 'off' };
const WRITE_SETTINGS = { enable_seqscan: 'off', jit: 'off' };
/** Lists of values make statements without end, each of which a connection would keep. */
const MAX_NAMED_STATEMENTS = 200;

export function openDatabase(config: DatabaseConfig, logger: Logger): Database {
  const open = (size: number, settings: Record<string, string>) =>
    createPool({
      databaseUrl: config.url,
      name: 'books-api',
      size,
      connectTimeoutMs: config.connectTimeoutMs,
      statementTimeoutMs: config.statementTimeoutMs,
      idleTimeoutMs: config.idleTimeoutMs,
      settings,
      onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
    });
  const reads = open(config.readPoolSize, READ_SETTINGS);
  const pool = open(config.poolSize, WRITE_SETTINGS);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: createStatementNames() }),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: config.connectTimeoutMs, timeout: config.statementTimeoutMs },
  });
  return {
    reads,
    prisma,
    async close() {
      await prisma.$disconnect();
      await Promise.all([pool.end(), reads.end()]);
    },
  };
}

/** Names are hashes of the statements: PostgreSQL plans a named one once per connection. */
function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MAX_NAMED_STATEMENTS) return '';
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 22);
    names.set(sql, name);
    return name;
  };
}
