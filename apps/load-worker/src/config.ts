// The configuration of a load worker: the only reader of its environment.
import { hostname } from 'node:os';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import {
  ConfigError,
  type ConfigSource,
  checked,
  checkRedisUrl,
  type HttpConfig,
  httpVariables,
  loadConfig,
  portVariable,
  secret,
  toHttpConfig,
} from '@trafficflux/service-kit';
import { parseAllowList } from '@trafficflux/targets';
import { type Static, type TObject, Type } from 'typebox';

const DEFAULT_PORT = 8002;

const storeVariables = {
  /** The campaigns'. */
  DATABASE_URL: secret(),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 2, maximum: 1000, default: 6 }),
  DATABASE_CONNECT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 3000 }),
  DATABASE_STATEMENT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 5000 }),
  DATABASE_IDLE_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 30_000 }),
  PLATFORM_DATABASE_URL: Type.Optional(secret()),
  REDIS_URL: Type.Optional(secret()),
};

const variables = {
  ...httpVariables,
  ...storeVariables,
  PORT: portVariable(DEFAULT_PORT),
  TARGET_ALLOWLIST: Type.String({ default: 'localhost,127.0.0.1,::1' }),
  /** No two workers that live at the same time may have the same. */
  WORKER_NAME: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** Campaigns at once. */
  WORKER_CAPACITY: Type.Integer({ minimum: 1, maximum: 100_000, default: 1000 }),
  /** After a worker died, its campaigns are free this long after its last renewal. */
  LEASE_MS: Type.Integer({ minimum: 500, maximum: 600_000, default: 3000 }),
  /** How long a live request may take, from the look-up of the name to the last byte. */
  LIVE_REQUEST_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: 600_000, default: 10_000 }),
  /** Live requests of one campaign that are under way at once. */
  LIVE_CONNECTION_LIMIT: Type.Integer({ minimum: 1, maximum: 100_000, default: 256 }),
};

export interface StoreConfig {
  readonly database: DatabaseConfig;
  /** The queue and the bus: on Redis where it is set, else on PostgreSQL. */
  readonly platform: { readonly databaseUrl: string | null; readonly redisUrl: string | null };
}

export interface Config extends StoreConfig {
  readonly http: HttpConfig;
  /** As `parseAllowList` takes it. */
  readonly targetAllowlist: string;
  readonly worker: WorkerConfig;
  readonly live: LiveConfig;
}

export interface DatabaseConfig {
  readonly url: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface WorkerConfig {
  readonly name: string;
  readonly capacity: number;
  readonly leaseMs: number;
}

export interface LiveConfig {
  readonly requestTimeoutMs: number;
  readonly connectionLimit: number;
}

/** @throws {ConfigError} one sentence that names the variable */
export function loadWorkerConfig(source?: ConfigSource): Config {
  return loadConfig({ variables, shape: toConfig, ...(source && { source }) });
}

/** For the commands beside the worker, which need no more than its stores. @throws {ConfigError} */
export function loadStoreConfig(source?: ConfigSource): StoreConfig {
  return loadConfig({ variables: storeVariables, shape: toStoreConfig, ...(source && { source }) });
}

function toConfig(values: Static<TObject<typeof variables>>): Config {
  const http = toHttpConfig(values);
  return {
    ...toStoreConfig(values),
    // A worker under pressure must be seen by its metrics, and has no clients to turn away.
    http: { ...http, shedding: { ...http.shedding, eventLoopDelayMs: 0 } },
    targetAllowlist: checked('TARGET_ALLOWLIST', values.TARGET_ALLOWLIST, parseAllowList),
    worker: {
      name: values.WORKER_NAME ?? `${hostname()}:${process.pid}`,
      capacity: values.WORKER_CAPACITY,
      leaseMs: values.LEASE_MS,
    },
    live: {
      requestTimeoutMs: values.LIVE_REQUEST_TIMEOUT_MS,
      connectionLimit: values.LIVE_CONNECTION_LIMIT,
    },
  };
}

function toStoreConfig(values: Static<TObject<typeof storeVariables>>): StoreConfig {
  return { database: toDatabaseConfig(values), platform: toPlatformConfig(values) };
}

function toDatabaseConfig(values: Static<TObject<typeof storeVariables>>): DatabaseConfig {
  return {
    url: checked('DATABASE_URL', values.DATABASE_URL, parseDatabaseUrl),
    poolSize: values.DATABASE_POOL_SIZE,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTimeoutMs: values.DATABASE_IDLE_TIMEOUT_MS,
  };
}

function toPlatformConfig({ REDIS_URL, PLATFORM_DATABASE_URL }: Static<TObject<typeof storeVariables>>) {
  if (REDIS_URL === undefined && PLATFORM_DATABASE_URL === undefined)
    throw new ConfigError('REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.');
  return {
    databaseUrl:
      PLATFORM_DATABASE_URL === undefined
        ? null
        : checked('PLATFORM_DATABASE_URL', PLATFORM_DATABASE_URL, parseDatabaseUrl),
    redisUrl: REDIS_URL === undefined ? null : checked('REDIS_URL', REDIS_URL, checkRedisUrl),
  };
}
