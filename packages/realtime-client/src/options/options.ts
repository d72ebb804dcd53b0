// What can be set on a client, with the documented defaults. All times are milliseconds.

/** A token, or a function that gets one: then it is asked before each connection and for each renewal. */
export type Token = string | (() => string | Promise<string>);

/** Where the token travels in the handshake: `header` is for Node only, browsers cannot set it. */
export type TokenPlace = 'query' | 'subprotocol' | 'header';

export interface RealtimeOptions {
  /** Between two pings, and the time in which each must be answered; 0 switches them off. Default 30 000. */
  readonly heartbeatInterval?: number;
  /** Before the first attempt to reconnect; it doubles with each further one. Default 1 000. */
  readonly reconnectDelay?: number;
  /** The doubling ends here. Default 30 000. */
  readonly maxReconnectDelay?: number;
  /** Attempts in a row, `Infinity` for no end. Default 5. */
  readonly maxReconnectAttempts?: number;
  /** A connection must last this long for the attempts to be counted from the beginning. Default 10 000. */
  readonly stableAfter?: number;
  /** From opening the socket to the end of the handshake. Default 10 000. */
  readonly handshakeTimeout?: number;
  /** Gets a new token when the present one ends. */
  readonly getToken?: () => string | Promise<string>;
  /** Of POST /sessions: with it the client gets new tokens from `refreshUrl` by itself. */
  readonly refreshToken?: string;
  /** Default: `/sessions/refresh` on the host of the hub. */
  readonly refreshUrl?: string;
  /** Default `query`. */
  readonly tokenPlace?: TokenPlace;
}

export interface Settings {
  readonly heartbeatInterval: number;
  readonly reconnectDelay: number;
  readonly maxReconnectDelay: number;
  readonly maxReconnectAttempts: number;
  readonly stableAfter: number;
  readonly handshakeTimeout: number;
}

const DEFAULTS: Settings = {
  heartbeatInterval: 30_000,
  reconnectDelay: 1_000,
  maxReconnectDelay: 30_000,
  maxReconnectAttempts: 5,
  stableAfter: 10_000,
  handshakeTimeout: 10_000,
};

/** @throws {RangeError} for what is no number of at least 0 */
export function toSettings(options: RealtimeOptions): Settings {
  const names = Object.keys(DEFAULTS) as (keyof Settings)[];
  const entries = names.map((name) => [name, readNumber(name, options[name] ?? DEFAULTS[name])]);
  return Object.fromEntries(entries) as Settings;
}

function readNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError(`${name} must be a number of at least 0, not ${String(value)}.`);
}
