// What the app reads from and writes to: accounts and sessions in one store, and the bus.
import { createPostgresAccountStore } from '@trafficflux/accounts';
import type { AccountsConfig } from '@trafficflux/accounts/open';
import { createEventBus, type EventBus } from '@trafficflux/event-bus';
import { createPool } from '@trafficflux/postgres';
import type { Logger } from '@trafficflux/service-kit';
import type { StoreConfig } from '../config.ts';
import { createPostgresSessionStore } from '../sessions/session-store-postgres.ts';
import { NAME, type RecordStores } from './record-stores.ts';

export interface Stores extends RecordStores {
  readonly bus: EventBus;
}

/** Opens the stores. Nothing waits for them: a service whose stores are away starts, and answers 503. */
export async function openStores(config: StoreConfig, logger: Logger): Promise<Stores> {
  const { redisUrl, databaseUrl } = config.platform;
  const records = await openRecords(config.accounts, logger);
  const bus = createEventBus({
    redisUrl,
    databaseUrl,
    name: NAME,
    onError: (error) => logger.warn({ err: error }, 'the event bus is away'),
  });
  return {
    ...records,
    bus,
    async close() {
      await Promise.all([bus.close(), records.close()]);
    },
  };
}

/** Opens the store of accounts and sessions alone. @throws {ConfigError} MongoDB's driver cannot read its URL */
export async function openRecords(config: AccountsConfig, logger: Logger): Promise<RecordStores> {
  const { mongo, databaseUrl } = config;
  if (mongo !== null) {
    // The driver is slow to load, and most processes do without.
    const { openMongoRecords } = await import('./records-mongo.ts');
    return openMongoRecords({ ...config, mongo }, logger);
  }
  if (databaseUrl !== null) return openPostgres({ ...config, databaseUrl }, logger);
  throw new TypeError('Accounts and sessions need the URL of a MongoDB or of a PostgreSQL database.');
}

function openPostgres(config: AccountsConfig & { databaseUrl: string }, logger: Logger): RecordStores {
  const pool = createPool({
    databaseUrl: config.databaseUrl,
    name: NAME,
    size: config.poolSize,
    connectTimeoutMs: config.connectTimeoutMs,
    statementTimeoutMs: config.answerTimeoutMs,
    // Statistics that are older than the rows must not make a statement read a whole table.
    settings: { jit: 'off', enable_seqscan: 'off' },
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
  });
  const sessions = createPostgresSessionStore(pool);
  return {
    accounts: createPostgresAccountStore(pool),
    sessions,
    prepare: async () => {},
    readiness: { postgres: () => sessions.ping() },
    close: () => pool.end(),
  };
}
