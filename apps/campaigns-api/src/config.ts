// The configuration of the campaigns API: the only reader of its environment.
import { type AccountsConfig, accountsVariables, toAccountsConfig } from '@trafficflux/accounts/open';
import { type AuthConfig, authVariables, toAuthConfig } from '@trafficflux/auth';
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
import { type AccessConfig, accessVariables, toAccessConfig } from './access/access-config.ts';

const DEFAULT_PORT = 8001;

const storeVariables = {
  ...accountsVariables,
  TRAFFIC_AUTH: accessVariables.TRAFFIC_AUTH,
  /** The campaigns'. */
  DATABASE_URL: secret(),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
  DATABASE_CONNECT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 3000 }),
  DATABASE_STATEMENT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 15_000 }),
  DATABASE_IDLE_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 30_000 }),
  PLATFORM_DATABASE_URL: Type.Optional(secret()),
  REDIS_URL: Type.Optional(secret()),
  ACCOUNTS_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 5 }),
};

const variables = {
  ...httpVariables,
  ...authVariables,
  ...storeVariables,
  ...accessVariables,
  PORT: portVariable(DEFAULT_PORT),
  SECRET_KEY: Type.Optional(secret()),
  ACCESS_TOKEN_EXPIRE_MINUTES: Type.Number({ exclusiveMinimum: 0, maximum: 525_600, default: 30 }),
  TARGET_ALLOWLIST: Type.String({ default: 'localhost,127.0.0.1,::1' }),
};

export interface DatabaseConfig {
  readonly url: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface StoreConfig {
  readonly database: DatabaseConfig;
  /** The queue and the bus: on Redis where it is set, else on PostgreSQL. */
  readonly platform: { readonly databaseUrl: string | null; readonly redisUrl: string | null };
  /** Null where nobody logs in. */
  readonly accounts: AccountsConfig | null;
}

export interface Config extends StoreConfig {
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
  readonly access: AccessConfig;
  readonly tokens: { readonly secret: string | undefined; readonly lifetimeSeconds: number };
  /** As `parseAllowList` takes it. */
  readonly targetAllowlist: string;
}

/** @throws {ConfigError} one sentence that names the variable */
export function loadCampaignsConfig(source?: ConfigSource): Config {
  return loadConfig({ variables, shape: toConfig, ...(source && { source }) });
}

/** For the commands beside the service, which need no more than the stores. @throws {ConfigError} */
export function loadStoreConfig(source?: ConfigSource): StoreConfig {
  return loadConfig({ variables: storeVariables, shape: toStoreConfig, ...(source && { source }) });
}

function toConfig(values: Static<TObject<typeof variables>>): Config {
  const http = toHttpConfig(values);
  return {
    ...toStoreConfig(values),
    http,
    auth: toAuthConfig(values, http.isProduction),
    access: toAccessConfig(values),
    tokens: {
      secret: values.SECRET_KEY,
      lifetimeSeconds: Math.max(1, Math.round(values.ACCESS_TOKEN_EXPIRE_MINUTES * 60)),
    },
    targetAllowlist: checked('TARGET_ALLOWLIST', values.TARGET_ALLOWLIST, parseAllowList),
  };
}

function toStoreConfig(values: Static<TObject<typeof storeVariables>>): StoreConfig {
  const { REDIS_URL, PLATFORM_DATABASE_URL } = values;
  if (REDIS_URL === undefined && PLATFORM_DATABASE_URL === undefined)
    throw new ConfigError('REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.');
  return {
    database: {
      url: checked('DATABASE_URL', values.DATABASE_URL, parseDatabaseUrl),
      poolSize: values.DATABASE_POOL_SIZE,
      connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
      idleTimeoutMs: values.DATABASE_IDLE_TIMEOUT_MS,
    },
    platform: {
      databaseUrl: toUrl('PLATFORM_DATABASE_URL', PLATFORM_DATABASE_URL, parseDatabaseUrl),
      redisUrl: toUrl('REDIS_URL', REDIS_URL, checkRedisUrl),
    },
    accounts:
      values.TRAFFIC_AUTH === 'required' ? toAccountsConfig(values, 'when TRAFFIC_AUTH is "required"') : null,
  };
}

function toUrl(name: string, text: string | undefined, checkText: (text: string) => unknown): string | null {
  return text === undefined ? null : checked(name, text, checkText);
}
