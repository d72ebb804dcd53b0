// One look at all connections every now and then, instead of timers for each of them.
import { toAuthStatus } from '../messages/server-message.ts';
import { CLOSE } from './close-code.ts';
import type { Connection } from './connection.ts';
import { endAuth } from './standing.ts';

export interface SweepOptions {
  readonly connections: Iterable<Connection>;
  readonly heartbeatIntervalMs: number;
  readonly clientTimeoutMs: number;
  /** Whether somebody is still who they were is asked again after this time, also while they are silent. */
  readonly standingIntervalMs: number;
  readonly ask: (connection: Connection) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
}

/** Pings are spread as the connections came: each has its own beat. */
export function sweep(options: SweepOptions): void {
  const now = options.clock();
  const wallNow = options.wallClock();
  for (const connection of options.connections) {
    if (!connection.isOpen) continue;
    if (now - connection.activeAt >= options.clientTimeoutMs) {
      connection.drop(CLOSE.heartbeat, 'No sign of life.');
      continue;
    }
    if (!isAuthCurrent(connection, wallNow)) continue;
    if (now - connection.pingedAt >= options.heartbeatIntervalMs) {
      connection.pingedAt = now;
      connection.line.ping();
    }
    if (connection.access !== null && now - connection.askedAt >= options.standingIntervalMs)
      options.ask(connection);
  }
}

/** False when its token ended, and the connection with it. */
export function isAuthCurrent(connection: Connection, wallNow: number): boolean {
  const { access } = connection;
  if (access === null) return true;
  if (wallNow >= access.expiresAt) {
    endAuth(connection, 'Your token has expired.');
    return false;
  }
  if (wallNow >= access.refreshAt && !connection.isWarned) {
    connection.isWarned = true;
    connection.send(toAuthStatus('token_expiring', access.expiresAt));
  }
  return true;
}
