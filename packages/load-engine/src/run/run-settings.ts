/** What holds for all loads of a run, in every thread: plain data, so that it can cross to them. */

import { type Connection, type ConnectionOptions, loadConnection, type Reach } from '../http/index.ts';
import type { HttpDebugMode } from './http-debug.ts';

export interface SettingOptions {
  /** Whole-request time limit in milliseconds (default 30,000). */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * The most sockets open at once, shared out over the threads (default: as many as the users need). Requests beyond
   * wait for their turn, which is in their response times, not in their service times.
   */
  readonly maxConnections?: number | undefined;
  /** TLS, and addresses that stand for names. Files are read once, before the run. */
  readonly connection?: ConnectionOptions | undefined;
  /** What scenario code finds as `user.env` and `run.env`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Prints requests and responses to stderr, without secrets; with their bodies where it is `full`. */
  readonly httpDebug?: boolean | 'full' | undefined;
}

export interface RunSettings extends Reach {
  readonly connection: Connection;
  readonly requestTimeoutMs: number;
  /** Null for as many as are needed. */
  readonly maxConnections: number | null;
  readonly env: Readonly<Record<string, string>>;
  readonly httpDebug: HttpDebugMode | null;
}

/** Throws a TypeError or RangeError that names what was expected and what came. */
export async function prepareSettings(options: SettingOptions): Promise<RunSettings> {
  const { requestTimeoutMs = 30_000, maxConnections = null, env = {}, httpDebug = false } = options;
  if (!(requestTimeoutMs > 0 && Number.isFinite(requestTimeoutMs))) {
    throw new RangeError(
      `expected requestTimeoutMs to be above 0 milliseconds, got ${String(requestTimeoutMs)}`,
    );
  }
  if (maxConnections !== null && !(Number.isInteger(maxConnections) && maxConnections >= 1)) {
    throw new RangeError(
      `expected maxConnections to be a whole number from 1 on, got ${String(maxConnections)}`,
    );
  }
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string')
      throw new TypeError(`expected env.${name} to be a text, got ${typeof value}`);
  }
  return {
    requestTimeoutMs,
    maxConnections,
    env,
    httpDebug: toDebugMode(httpDebug),
    connection: await loadConnection(options.connection),
  };
}

function toDebugMode(httpDebug: boolean | 'full'): HttpDebugMode | null {
  if (httpDebug === true) return 'heads';
  if (httpDebug === 'full') return 'full';
  if (httpDebug === false) return null;
  throw new TypeError(`expected httpDebug to be true, false or "full", got ${JSON.stringify(httpDebug)}`);
}

/** The connections that one of the threads may have; all threads together have exactly the limit. */
export function toConnectionShare(
  maxConnections: number | null,
  thread: number,
  threads: number,
): number | null {
  if (maxConnections === null) return null;
  return Math.floor(maxConnections / threads) + (thread < maxConnections % threads ? 1 : 0);
}
