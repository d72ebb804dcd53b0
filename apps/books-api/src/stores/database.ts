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

const SETTINGS = {
  // A plan that was made while the tables were small stays with its named statement: it must use the indexes.
  enable_seqscan: 'off',
  jit: 'off',
};
/** Lists of values make statements without end, each of which a connection would keep. */
const MAX_NAMED_STATEMENTS = 200;

export function openDatabase(config: DatabaseConfig, logger: Logger): Database {
  const open = (size: number) =>
    createPool({
      databaseUrl: config.url,
      name: 'books-api',
      size,
      connectTimeoutMs: config.connectTimeoutMs,
      statementTimeoutMs: config.statementTimeoutMs,
      idleTimeoutMs: config.idleTimeoutMs,
      settings: SETTINGS,
      onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
    });
  const reads = open(config.readPoolSize);
  const pool = open(config.poolSize);
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
