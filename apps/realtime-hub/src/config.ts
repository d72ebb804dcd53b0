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
  parseOrigins,
  portVariable,
  secret,
  toHttpConfig,
} from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';

const DEFAULT_PORT = 8081;
const DEFAULT_HEARTBEAT_SECONDS = 30;
const LONGEST_DRAIN_MS = 5000;
const MAX_SECONDS = 86_400;
const KIB = 1024;
const MIB = 1024 * KIB;
/** Connections beside the WebSockets: whoever comes when the hub is full is told so over one of these. */
const REST_CONNECTIONS = 1000;

const seconds = () => Type.Number({ exclusiveMinimum: 0, maximum: MAX_SECONDS });
/** 0 switches a limit off. */
const limit = (defaultLimit: number) => Type.Integer({ minimum: 0, default: defaultLimit });

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

const tokenVariables = {
  JWT_SECRET: Type.Optional(secret()),
  JWT_ISSUER: Type.String({ minLength: 1, default: 'ai-system-rust' }),
  JWT_AUDIENCE: Type.String({ minLength: 1, default: 'realtime-communication' }),
  ACCESS_TOKEN_LIFETIME_SECS: Type.Integer({ minimum: 1, maximum: 31_536_000, default: 3600 }),
  REFRESH_TOKEN_LIFETIME_SECS: Type.Integer({ minimum: 1, maximum: 315_360_000, default: 2_592_000 }),
};

const rateVariables = {
  RATE_LIMIT_CONNECTION_RPS: limit(100),
  RATE_LIMIT_CONNECTION_BURST: limit(200),
  RATE_LIMIT_USER_RPS: limit(500),
  RATE_LIMIT_USER_BURST: limit(1000),
  RATE_LIMIT_GLOBAL_RPS: limit(10_000),
  RATE_LIMIT_GLOBAL_BURST: limit(20_000),
};

const hubVariables = {
  ...rateVariables,
  MAX_CONNECTIONS: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10_000 }),
  HEARTBEAT_INTERVAL_SECS: Type.Optional(seconds()),
  /** The same, with a unit: `30s`. */
  HEARTBEAT_INTERVAL: Type.Optional(
    Type.String({
      pattern: '^\\d{1,9}(?:\\.\\d{1,3})?(?:ms|s|m)$',
      description: 'a number with ms, s or m behind it, such as 30s',
    }),
  ),
  CLIENT_TIMEOUT_SECS: Type.Number({ exclusiveMinimum: 0, maximum: MAX_SECONDS, default: 60 }),
  MAX_FRAME_SIZE: Type.Integer({ minimum: 128, maximum: 64 * MIB, default: 64 * KIB }),
  MAX_TOPICS_PER_CONNECTION: Type.Integer({ minimum: 1, maximum: 100_000, default: 1000 }),
  MAX_QUEUED_BYTES: Type.Integer({ minimum: KIB, maximum: 1024 * MIB, default: MIB }),
  /** By default 5 s, and never more than half of SHUTDOWN_GRACE_MS. */
  DRAIN_WINDOW_MS: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
  ALLOW_ANONYMOUS: Type.Boolean({ default: false }),
  ALLOWED_ORIGINS: Type.Optional(Type.String()),
  MAX_SESSIONS_PER_USER: limit(0),
};

const variables = {
  ...httpVariables,
  ...authVariables,
  ...storeVariables,
  ...tokenVariables,
  ...hubVariables,
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

/** A token bucket; with 0 in either it is off. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface HubConfig {
  readonly maxConnections: number;
  readonly heartbeatIntervalMs: number;
  /** Without a sign of life for so long, a connection is closed. */
  readonly clientTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly maxTopicsPerConnection: number;
  /** What may wait for one slow reader. */
  readonly maxQueuedBytes: number;
  /** Over which the connections are closed on shutdown. */
  readonly drainWindowMs: number;
  readonly allowAnonymous: boolean;
  /** In lower case; null lets every page in. */
  readonly allowedOrigins: readonly string[] | null;
  readonly rateLimits: {
    readonly connection: RateLimit;
    readonly user: RateLimit;
    readonly global: RateLimit;
  };
}

export interface Config extends StoreConfig {
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
  readonly tokens: TokensConfig;
  readonly hub: HubConfig;
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
  const hub = toHubConfig(values, http.shutdown.graceMs);
  if (hub.drainWindowMs >= http.shutdown.graceMs)
    throw new ConfigError(
      `DRAIN_WINDOW_MS must be below SHUTDOWN_GRACE_MS, but it is "${hub.drainWindowMs}" and the other "${http.shutdown.graceMs}".`,
    );
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
    hub,
    limits: { sessionsPerUser: values.MAX_SESSIONS_PER_USER },
  };
}

function toHubConfig(values: Static<TObject<typeof hubVariables>>, graceMs: number): HubConfig {
  const { ALLOWED_ORIGINS } = values;
  const heartbeatIntervalMs = toHeartbeatMs(values);
  const clientTimeoutMs = Math.round(values.CLIENT_TIMEOUT_SECS * 1000);
  if (clientTimeoutMs <= heartbeatIntervalMs)
    throw new ConfigError(
      `CLIENT_TIMEOUT_SECS must be longer than the heartbeat interval of ${heartbeatIntervalMs / 1000} s, but it is "${values.CLIENT_TIMEOUT_SECS}".`,
    );
  return {
    maxConnections: values.MAX_CONNECTIONS,
    heartbeatIntervalMs,
    clientTimeoutMs,
    maxFrameBytes: values.MAX_FRAME_SIZE,
    maxTopicsPerConnection: values.MAX_TOPICS_PER_CONNECTION,
    maxQueuedBytes: values.MAX_QUEUED_BYTES,
    drainWindowMs: values.DRAIN_WINDOW_MS ?? Math.min(LONGEST_DRAIN_MS, Math.floor(graceMs / 2)),
    allowAnonymous: values.ALLOW_ANONYMOUS,
    allowedOrigins: ALLOWED_ORIGINS === undefined ? null : parseOrigins('ALLOWED_ORIGINS', ALLOWED_ORIGINS),
    rateLimits: {
      connection: { perSecond: values.RATE_LIMIT_CONNECTION_RPS, burst: values.RATE_LIMIT_CONNECTION_BURST },
      user: { perSecond: values.RATE_LIMIT_USER_RPS, burst: values.RATE_LIMIT_USER_BURST },
      global: { perSecond: values.RATE_LIMIT_GLOBAL_RPS, burst: values.RATE_LIMIT_GLOBAL_BURST },
    },
  };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function toHeartbeatMs(values: Static<TObject<typeof hubVariables>>): number {
  const { HEARTBEAT_INTERVAL: text, HEARTBEAT_INTERVAL_SECS: inSeconds } = values;
  if (text === undefined) return Math.round((inSeconds ?? DEFAULT_HEARTBEAT_SECONDS) * 1000);
  if (inSeconds !== undefined)
    throw new ConfigError(
      'HEARTBEAT_INTERVAL and HEARTBEAT_INTERVAL_SECS are both set: please set only one of them.',
    );
  const ms = Math.round(Number.parseFloat(text) * (UNITS_MS[text.replace(/[\d.]+/, '')] ?? 0));
  if (ms < 1 || ms > MAX_SECONDS * 1000)
    throw new ConfigError(`HEARTBEAT_INTERVAL must be from 1ms to a day, but it is "${text}".`);
  return ms;
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
