// The configuration of the session runner: the only reader of its environment.
import { hostname } from 'node:os';
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
import { type JourneyConfig, journeyVariables, toJourneyConfig } from './journeys/journey-config.ts';

const DEFAULT_PORT = 8000;

/** 0 switches a limit off. */
const limit = (defaultLimit: number) => Type.Integer({ minimum: 0, default: defaultLimit });

const storeVariables = {
  ...accountsVariables,
  REDIS_URL: Type.Optional(secret()),
  PLATFORM_DATABASE_URL: Type.Optional(secret()),
};

const variables = {
  ...httpVariables,
  ...authVariables,
  ...storeVariables,
  ...journeyVariables,
  PORT: portVariable(DEFAULT_PORT),
  SECRET_KEY: Type.Optional(secret()),
  ACCESS_TOKEN_EXPIRE_MINUTES: Type.Number({ exclusiveMinimum: 0, maximum: 525_600, default: 30 }),
  MAX_THREADS: Type.Integer({ minimum: 1, maximum: 1000, default: 4 }),
  THREAD_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
  TARGET_ALLOWLIST: Type.String({ default: 'localhost,127.0.0.1,::1' }),
  /** Which sessions are its own after it was killed: no two runners of one store may have the same. */
  RUNNER_NAME: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  MAX_ACTIVE_SESSIONS_PER_USER: limit(100),
  MAX_WAITING_JOURNEYS: Type.Integer({ minimum: 0, default: 10_000 }),
  REGISTRATIONS_PER_MINUTE: limit(1000),
  AUTOMATION_CALLS_PER_MINUTE: limit(0),
};

/** What the services of the platform share: the event bus, on Redis where it is set, else on PostgreSQL. */
export interface PlatformConfig {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}

export interface StoreConfig {
  /** Of accounts and sessions (H20). */
  readonly accounts: AccountsConfig;
  readonly platform: PlatformConfig;
}

export interface Config extends StoreConfig {
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
  readonly tokens: { readonly secret: string | undefined; readonly lifetimeSeconds: number };
  readonly threads: {
    /** Of one session. */
    readonly maxThreads: number;
    readonly threadPoolSize: number;
  };
  readonly journeys: JourneyConfig;
  /** As `parseAllowList` takes it. */
  readonly targetAllowlist: string;
  readonly runnerName: string;
  readonly limits: LimitsConfig;
}

export interface LimitsConfig {
  /** 0: no limit; so below. */
  readonly activeSessionsPerUser: number;
  /** How many journeys may wait for a thread; with 0 nobody waits. */
  readonly waitingJourneys: number;
  /** From one address. */
  readonly registrationsPerMinute: number;
  /** Of one user. */
  readonly automationCallsPerMinute: number;
}

/** @throws {ConfigError} one sentence that names the variable */
export function loadRunnerConfig(source?: ConfigSource): Config {
  return loadConfig({ variables, shape: toConfig, ...(source && { source }) });
}

/** For `migrate`, which needs no more than the stores. @throws {ConfigError} */
export function loadStoreConfig(source?: ConfigSource): StoreConfig {
  return loadConfig({ variables: storeVariables, shape: toStoreConfig, ...(source && { source }) });
}

/** For the commands that need no bus. @throws {ConfigError} */
export function loadAccountsConfig(source?: ConfigSource): AccountsConfig {
  return loadConfig({ variables: accountsVariables, shape: toAccountsConfig, ...(source && { source }) });
}

function toConfig(values: Static<TObject<typeof variables>>): Config {
  const http = toHttpConfig(values);
  return {
    ...toStoreConfig(values),
    http,
    auth: toAuthConfig(values, http.isProduction),
    tokens: {
      secret: values.SECRET_KEY,
      lifetimeSeconds: Math.max(1, Math.round(values.ACCESS_TOKEN_EXPIRE_MINUTES * 60)),
    },
    threads: { maxThreads: values.MAX_THREADS, threadPoolSize: values.THREAD_POOL_SIZE },
    journeys: toJourneyConfig(values),
    targetAllowlist: checked('TARGET_ALLOWLIST', values.TARGET_ALLOWLIST, parseAllowList),
    runnerName: values.RUNNER_NAME ?? `${hostname()}:${http.port}`,
    limits: {
      activeSessionsPerUser: values.MAX_ACTIVE_SESSIONS_PER_USER,
      waitingJourneys: values.MAX_WAITING_JOURNEYS,
      registrationsPerMinute: values.REGISTRATIONS_PER_MINUTE,
      automationCallsPerMinute: values.AUTOMATION_CALLS_PER_MINUTE,
    },
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
      databaseUrl: toDatabaseUrl('PLATFORM_DATABASE_URL', PLATFORM_DATABASE_URL),
      redisUrl: REDIS_URL === undefined ? null : checked('REDIS_URL', REDIS_URL, checkRedisUrl),
    },
  };
}

function toDatabaseUrl(name: string, text: string | undefined): string | null {
  return text === undefined ? null : checked(name, text, (value) => parseDatabaseUrl(value));
}
