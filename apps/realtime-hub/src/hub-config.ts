// How many connections the hub takes, how long they live, and what they may do: a part of its configuration.
import { ConfigError, parseOrigins } from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';

const DEFAULT_HEARTBEAT_SECONDS = 30;
const MAX_SECONDS = 86_400;
const LONGEST_DRAIN_MS = 5000;
const KIB = 1024;
const MIB = 1024 * KIB;

const seconds = () => Type.Number({ exclusiveMinimum: 0, maximum: MAX_SECONDS });
/** 0 switches a limit off. */
const limit = (defaultLimit: number) => Type.Integer({ minimum: 0, default: defaultLimit });

const rateVariables = {
  RATE_LIMIT_CONNECTION_RPS: limit(100),
  RATE_LIMIT_CONNECTION_BURST: limit(200),
  RATE_LIMIT_USER_RPS: limit(500),
  RATE_LIMIT_USER_BURST: limit(1000),
  RATE_LIMIT_GLOBAL_RPS: limit(10_000),
  RATE_LIMIT_GLOBAL_BURST: limit(20_000),
};

export const hubVariables = {
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
};

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

/** `graceMs`: after which the process ends, whatever is open. @throws {ConfigError} times that do not fit together */
export function toHubConfig(values: Static<TObject<typeof hubVariables>>, graceMs: number): HubConfig {
  const { ALLOWED_ORIGINS } = values;
  const heartbeatIntervalMs = toHeartbeatMs(values);
  const clientTimeoutMs = Math.round(values.CLIENT_TIMEOUT_SECS * 1000);
  if (clientTimeoutMs <= heartbeatIntervalMs)
    throw new ConfigError(
      `CLIENT_TIMEOUT_SECS must be longer than the heartbeat interval of ${heartbeatIntervalMs / 1000} s, but it is "${values.CLIENT_TIMEOUT_SECS}".`,
    );
  const drainWindowMs = values.DRAIN_WINDOW_MS ?? Math.min(LONGEST_DRAIN_MS, Math.floor(graceMs / 2));
  if (drainWindowMs >= graceMs)
    throw new ConfigError(
      `DRAIN_WINDOW_MS must be below SHUTDOWN_GRACE_MS, but it is "${drainWindowMs}" and the other "${graceMs}".`,
    );
  return {
    maxConnections: values.MAX_CONNECTIONS,
    heartbeatIntervalMs,
    clientTimeoutMs,
    maxFrameBytes: values.MAX_FRAME_SIZE,
    maxTopicsPerConnection: values.MAX_TOPICS_PER_CONNECTION,
    maxQueuedBytes: values.MAX_QUEUED_BYTES,
    drainWindowMs,
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
