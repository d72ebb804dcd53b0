// What the app reads from and writes to: accounts and sessions in one store, and the bus.
import {
  type AccountStore,
  createMongoAccountStore,
  createPostgresAccountStore,
  prepareMongoAccounts,
} from '@trafficflux/accounts';
import { createEventBus, type EventBus } from '@trafficflux/event-bus';
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import type { Logger, ReadinessCheck } from '@trafficflux/service-kit';
import type { StoreConfig } from '../config.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { createMongoSessionStore, prepareMongoSessions } from '../sessions/session-store-mongo.ts';
import { createPostgresSessionStore } from '../sessions/session-store-postgres.ts';
import { keepTrying } from './keep-trying.ts';

export interface Stores extends RecordStores {
  readonly bus: EventBus;
}

interface RecordStores {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  /** Makes the indexes of MongoDB; an open store does it by itself as soon as MongoDB is there. Rejects while it is away. */
  prepare(): Promise<void>;
  /** Without the bus: journeys are played and recorded without it. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  close(): Promise<void>;
}

const NAME = 'session-runner';

/** Opens the stores. Nothing waits for them: a service whose stores are away starts, and answers 503. */
export function openStores(config: StoreConfig, logger: Logger): Stores {
  const { redisUrl, databaseUrl } = config.platform;
  const records = openRecords(config, logger);
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

function openRecords({ accounts }: StoreConfig, logger: Logger): RecordStores {
  const { mongo, databaseUrl } = accounts;
  if (mongo !== null) return openMongo({ ...accounts, mongo }, logger);
  if (databaseUrl !== null) return openPostgres({ ...accounts, databaseUrl }, logger);
  throw new TypeError('Accounts and sessions need the URL of a MongoDB or of a PostgreSQL database.');
}

type AccountsConfig = StoreConfig['accounts'];

function openMongo(
  config: AccountsConfig & { mongo: { url: string; databaseName: string } },
  logger: Logger,
): RecordStores {
  const mongo = createMongo({
    ...config.mongo,
    name: NAME,
    poolSize: config.poolSize,
    serverSelectionTimeoutMs: config.connectTimeoutMs,
    connectTimeoutMs: config.connectTimeoutMs,
    socketTimeoutMs: config.answerTimeoutMs,
    onError: (error) => logger.warn({ err: error }, 'MongoDB cannot be reached'),
  });
  const prepare = async () => {
    await prepareMongoAccounts(mongo);
    await prepareMongoSessions(mongo);
  };
  const preparing = keepTrying(prepare, (error) =>
    logger.warn({ err: error }, 'the indexes of MongoDB could not be made yet'),
  );
  return {
    accounts: createMongoAccountStore(mongo),
    sessions: createMongoSessionStore(mongo),
    prepare,
    readiness: { mongodb: () => mongo.ping() },
    async close() {
      preparing.stop();
      await preparing.done;
      await mongo.close();
    },
  };
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
