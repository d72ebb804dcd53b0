/** What every HTTP service of ours lets its operator set: address, TLS, limits, time limits, shutdown. */
import { readFileSync } from 'node:fs';
import { type Static, type TObject, Type } from 'typebox';
import { ConfigError } from './config-error.ts';
import { parseTrustProxy, type TrustProxy } from './trust-proxy.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const milliseconds = (defaultMs: number) =>
  Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: defaultMs });
const bytes = (defaultBytes: number) => Type.Integer({ minimum: 0, default: defaultBytes });

/** The variables that every service shares; a service spreads them beside its own, and sets its default PORT. */
export const httpVariables = {
  HOST: Type.String({ default: 'localhost' }),
  /** Which variable the operator really set; the supervisor passes `BOOKS_PORT`, so that sentences name it. */
  PORT_VARIABLE: Type.String({ default: 'PORT' }),
  NODE_ENV: Type.String({ default: 'development' }),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  TRUST_PROXY: Type.String({ default: 'false' }),
  TLS_CERT: Type.Optional(Type.String()),
  TLS_KEY: Type.Optional(Type.String()),
  HSTS_MAX_AGE_SECONDS: Type.Optional(Type.Integer({ minimum: 0 })),
  BODY_LIMIT_BYTES: Type.Integer({ minimum: 1, default: MIB }),
  HEADER_LIMIT_BYTES: Type.Integer({ minimum: KIB, maximum: MIB, default: 16 * KIB }),
  CONNECTION_LIMIT: Type.Integer({ minimum: 1, default: 10_000 }),
  HEADERS_TIMEOUT_MS: milliseconds(10_000),
  REQUEST_TIMEOUT_MS: milliseconds(25_000),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(65_000),
  TIMEOUT_CHECK_INTERVAL_MS: Type.Integer({ minimum: 1, default: 2_000 }),
  SHUTDOWN_DELAY_MS: milliseconds(0),
  SHUTDOWN_DRAIN_MS: milliseconds(250),
  SHUTDOWN_GRACE_MS: milliseconds(10_000),
  SHED_EVENT_LOOP_DELAY_MS: milliseconds(1_000),
  SHED_HEAP_BYTES: bytes(0),
  SHED_RSS_BYTES: bytes(0),
  SHED_RETRY_AFTER_SECONDS: Type.Integer({ minimum: 1, default: 5 }),
};

/** The schema of PORT with a service's documented default; 0 asks the system for a free one. */
export function portVariable(defaultPort: number) {
  return Type.Integer({ minimum: 0, maximum: 65_535, default: defaultPort });
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly portVariable: string;
  readonly isProduction: boolean;
  readonly logLevel: string;
  readonly trustProxy: TrustProxy;
  /** Certificate chain and key in PEM; null means plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** max-age of Strict-Transport-Security; 0 sends none. */
  readonly hstsSeconds: number;
  readonly limits: { readonly bodyBytes: number; readonly headerBytes: number; readonly connections: number };
  readonly timeouts: {
    readonly headersMs: number;
    readonly requestMs: number;
    readonly keepAliveMs: number;
    readonly checkIntervalMs: number;
  };
  readonly shutdown: {
    /** Readiness says no and all goes on, until the orchestrator has noticed. */
    readonly delayMs: number;
    /** How long a connection may stay idle before it is closed. */
    readonly drainMs: number;
    /** After this the process ends, whatever is in flight. */
    readonly graceMs: number;
  };
  /** Thresholds of load shedding; 0 switches one off. */
  readonly shedding: {
    readonly eventLoopDelayMs: number;
    readonly heapBytes: number;
    readonly rssBytes: number;
    readonly retryAfterSeconds: number;
  };
}

type HttpVariables = Static<TObject<typeof httpVariables & { PORT: ReturnType<typeof portVariable> }>>;

/** @throws {ConfigError} when TLS is half configured, its files are unreadable, or TRUST_PROXY is no list of addresses */
export function toHttpConfig(variables: HttpVariables): HttpConfig {
  const tls = readTls(variables.TLS_CERT, variables.TLS_KEY);
  assertTimeouts(variables.HEADERS_TIMEOUT_MS, variables.REQUEST_TIMEOUT_MS);
  return {
    host: variables.HOST,
    port: variables.PORT,
    portVariable: variables.PORT_VARIABLE,
    isProduction: variables.NODE_ENV === 'production',
    logLevel: variables.LOG_LEVEL,
    trustProxy: parseTrustProxy(variables.TRUST_PROXY),
    tls,
    hstsSeconds: variables.HSTS_MAX_AGE_SECONDS ?? (tls === null ? 0 : 31_536_000),
    limits: {
      bodyBytes: variables.BODY_LIMIT_BYTES,
      headerBytes: variables.HEADER_LIMIT_BYTES,
      connections: variables.CONNECTION_LIMIT,
    },
    timeouts: {
      headersMs: variables.HEADERS_TIMEOUT_MS,
      requestMs: variables.REQUEST_TIMEOUT_MS,
      keepAliveMs: variables.KEEP_ALIVE_TIMEOUT_MS,
      checkIntervalMs: variables.TIMEOUT_CHECK_INTERVAL_MS,
    },
    shutdown: {
      delayMs: variables.SHUTDOWN_DELAY_MS,
      drainMs: variables.SHUTDOWN_DRAIN_MS,
      graceMs: variables.SHUTDOWN_GRACE_MS,
    },
    shedding: {
      eventLoopDelayMs: variables.SHED_EVENT_LOOP_DELAY_MS,
      heapBytes: variables.SHED_HEAP_BYTES,
      rssBytes: variables.SHED_RSS_BYTES,
      retryAfterSeconds: variables.SHED_RETRY_AFTER_SECONDS,
    },
  };
}

/** Node refuses it too, with a sentence about names that no operator knows. */
function assertTimeouts(headersMs: number, requestMs: number): void {
  if (requestMs === 0 || headersMs <= requestMs) return;
  throw new ConfigError(
    `HEADERS_TIMEOUT_MS must not be above REQUEST_TIMEOUT_MS, but it is "${headersMs}" and the other "${requestMs}".`,
  );
}

function readTls(certPath: string | undefined, keyPath: string | undefined): HttpConfig['tls'] {
  if (certPath === undefined && keyPath === undefined) return null;
  if (certPath === undefined)
    throw new ConfigError('TLS_KEY is set without TLS_CERT: please set both, or neither.');
  if (keyPath === undefined)
    throw new ConfigError('TLS_CERT is set without TLS_KEY: please set both, or neither.');
  return { cert: readPem('TLS_CERT', certPath), key: readPem('TLS_KEY', keyPath) };
}

function readPem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      `${name} must name a readable PEM file, but ${path} is not one (${reason}).`,
      error,
    );
  }
}
