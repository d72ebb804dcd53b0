// The configuration of the realtime hub: the only reader of its environment.
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
import { type Static, type TObject, Type } from 'typebox';
import { type HubConfig, hubVariables, toHubConfig } from './hub-config.ts';

const DEFAULT_PORT = 8081;
const KIB = 1024;
/** Connections beside the WebSockets: whoever comes when the hub is full is told so over one of these. */
const REST_CONNECTIONS = 1000;

const storeVariables = {
  ...accountsVariables,
  REDIS_URL: Type.Optional(secret()),
  PLATFORM_DATABASE_URL: Type.Optional(secret()),
  /** Connections to the login sessions in PostgreSQL. */
  PLATFORM_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 5 }),
  PLATFORM_CONNECT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 3000 }),
  /** How long one statement or command may take, in PostgreSQL or Redis. */
  PLATFORM_ANSWER_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 2000 }),
};

const sessionVariables = {
  JWT_SECRET: Type.Optional(secret()),
  JWT_ISSUER: Type.String({ minLength: 1, default: 'ai-system-rust' }),
  JWT_AUDIENCE: Type.String({ minLength: 1, default: 'realtime-communication' }),
  ACCESS_TOKEN_LIFETIME_SECS: Type.Integer({ minimum: 1, maximum: 31_536_000, default: 3600 }),
  REFRESH_TOKEN_LIFETIME_SECS: Type.Integer({ minimum: 1, maximum: 315_360_000, default: 2_592_000 }),
  /** 0: no limit. */
  MAX_SESSIONS_PER_USER: Type.Integer({ minimum: 0, default: 0 }),
};

/** How long a message waits to hear who its sender is now, before what was known of them counts. */
const peopleVariables = {
  PEOPLE_ANSWER_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 2000 }),
};

const variables = {
  ...httpVariables,
  ...authVariables,
  ...storeVariables,
  ...sessionVariables,
  ...hubVariables,
  ...peopleVariables,
  PORT: portVariable(DEFAULT_PORT),
  /** Smaller than elsewhere (H15): nothing that this service takes by REST is long. */
  BODY_LIMIT_BYTES: Type.Integer({ minimum: 1, default: 64 * KIB }),
  CONNECTION_LIMIT: Type.Optional(Type.Integer({ minimum: 1 })),
};

/** The bus and the login sessions: on Redis where it is set, else on PostgreSQL. */
export interface PlatformConfig {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

export interface StoreConfig {
  readonly accounts: AccountsConfig;
  readonly platform: PlatformConfig;
}

export interface TokensConfig {
  readonly secret: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly accessLifetimeSeconds: number;
  readonly refreshLifetimeSeconds: number;
}

export interface Config extends StoreConfig {
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
  readonly tokens: TokensConfig;
  readonly hub: HubConfig;
  readonly people: { readonly answerTimeoutMs: number };
  readonly limits: {
    /** Login sessions; 0: no limit. */
    readonly sessionsPerUser: number;
  };
}

/** @throws {ConfigError} one sentence that names the variable */
export function loadHubConfig(source?: ConfigSource): Config {
  return loadConfig({ variables, shape: toConfig, ...(source && { source }) });
}

/** For `migrate`, which needs no more than the stores. @throws {ConfigError} */
export function loadStoreConfig(source?: ConfigSource): StoreConfig {
  return loadConfig({ variables: storeVariables, shape: toStoreConfig, ...(source && { source }) });
}

function toConfig(values: Static<TObject<typeof variables>>): Config {
  const http = toHttpConfig({
    ...values,
    CONNECTION_LIMIT: values.CONNECTION_LIMIT ?? values.MAX_CONNECTIONS + REST_CONNECTIONS,
  });
  return {
    ...toStoreConfig(values),
    http,
    auth: toAuthConfig(values, http.isProduction),
    tokens: {
      secret: values.JWT_SECRET,
      issuer: values.JWT_ISSUER,
      audience: values.JWT_AUDIENCE,
      accessLifetimeSeconds: values.ACCESS_TOKEN_LIFETIME_SECS,
      refreshLifetimeSeconds: values.REFRESH_TOKEN_LIFETIME_SECS,
    },
    hub: toHubConfig(values, http.shutdown.graceMs),
    people: { answerTimeoutMs: values.PEOPLE_ANSWER_TIMEOUT_MS },
    limits: { sessionsPerUser: values.MAX_SESSIONS_PER_USER },
  };
}

function toStoreConfig(values: Static<TObject<typeof storeVariables>>): StoreConfig {
  const { REDIS_URL, PLATFORM_DATABASE_URL } = values;
  const accounts = toAccountsConfig(values);
  if (REDIS_URL === undefined && PLATFORM_DATABASE_URL === undefined)
    throw new ConfigError('REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.');
  return {
    accounts,
    platform: {
      databaseUrl:
        PLATFORM_DATABASE_URL === undefined
          ? null
          : checked('PLATFORM_DATABASE_URL', PLATFORM_DATABASE_URL, parseDatabaseUrl),
      redisUrl: REDIS_URL === undefined ? null : checked('REDIS_URL', REDIS_URL, checkRedisUrl),
      poolSize: values.PLATFORM_POOL_SIZE,
      connectTimeoutMs: values.PLATFORM_CONNECT_TIMEOUT_MS,
      answerTimeoutMs: values.PLATFORM_ANSWER_TIMEOUT_MS,
    },
  };
}
