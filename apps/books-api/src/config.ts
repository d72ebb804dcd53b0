// The configuration of the books API: the only reader of its environment.
import { type AuthConfig, authVariables, toAuthConfig } from '@trafficflux/auth';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import {
  ConfigError,
  type ConfigSource,
  type HttpConfig,
  httpVariables,
  loadConfig,
  portVariable,
  secret,
  toHttpConfig,
} from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';

const DEFAULT_PORT = 5000;
const MIB = 1024 * 1024;

const databaseVariables = {
  DATABASE_URL: secret(),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
  /** One of these is kept for what tells which books changed. */
  DATABASE_READ_POOL_SIZE: Type.Integer({ minimum: 2, maximum: 1000, default: 5 }),
  DATABASE_CONNECT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 3000 }),
  DATABASE_STATEMENT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 15_000 }),
  DATABASE_IDLE_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 30_000 }),
};

const variables = {
  ...httpVariables,
  ...authVariables,
  ...databaseVariables,
  PORT: portVariable(DEFAULT_PORT),
  SECRET_KEY: Type.Optional(secret()),
  TOKEN_EXPIRY_HOURS: Type.Number({ exclusiveMinimum: 0, default: 1 }),
  JWT_ALGORITHM: Type.Literal('HS256', { default: 'HS256' }),
  /** A list of books above this size is streamed and not kept in memory. */
  LIST_MEMORY_BYTES: Type.Integer({ minimum: 0, default: 32 * MIB }),
};

export interface DatabaseConfig {
  readonly url: string;
  readonly poolSize: number;
  readonly readPoolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface Config {
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
  readonly database: DatabaseConfig;
  readonly tokens: { readonly secret: string | undefined; readonly lifetimeSeconds: number };
  readonly listMemoryBytes: number;
}

/** @throws {ConfigError} one sentence that names the variable */
export function loadBooksConfig(source?: ConfigSource): Config {
  return loadConfig({
    variables,
    shape: (values): Config => {
      const http = toHttpConfig(values);
      return {
        http,
        auth: toAuthConfig(values, http.isProduction),
        database: toDatabaseConfig(values),
        tokens: { secret: values.SECRET_KEY, lifetimeSeconds: Math.round(values.TOKEN_EXPIRY_HOURS * 3600) },
        listMemoryBytes: values.LIST_MEMORY_BYTES,
      };
    },
    ...(source && { source }),
  });
}

/** For the commands beside the service, which need no more than the database. */
export function loadDatabaseConfig(source?: ConfigSource): DatabaseConfig {
  return loadConfig({ variables: databaseVariables, shape: toDatabaseConfig, ...(source && { source }) });
}

function toDatabaseConfig(values: Static<TObject<typeof databaseVariables>>): DatabaseConfig {
  return {
    url: readDatabaseUrl(values.DATABASE_URL),
    poolSize: values.DATABASE_POOL_SIZE,
    readPoolSize: values.DATABASE_READ_POOL_SIZE,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTimeoutMs: values.DATABASE_IDLE_TIMEOUT_MS,
  };
}

function readDatabaseUrl(text: string): string {
  try {
    return parseDatabaseUrl(text).href;
  } catch (error) {
    throw new ConfigError(
      `DATABASE_URL is not usable. ${error instanceof Error ? error.message : ''}`,
      error,
    );
  }
}
