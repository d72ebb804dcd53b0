// A connection from what the constructors of all clients take.
import { systemClock } from '../clock/clock.ts';
import { Connection } from '../connection/connection.ts';
import type { Audience } from '../connection/events.ts';
import { type RealtimeOptions, type Token, toSettings } from '../options/options.ts';
import { parseAddress, toHandshake, toRefreshUrl } from '../sockets/address.ts';
import type { OpenSocket } from '../sockets/socket.ts';
import { findSource, TokenKeeper } from '../tokens/token-keeper.ts';

/** @throws {TypeError | RangeError} for an address or an option that is none */
export function createConnection(
  url: string,
  token: Token | null,
  options: RealtimeOptions,
  openSocket: OpenSocket,
  audience: Audience,
): Connection {
  const address = parseAddress(url);
  const settings = toSettings(options);
  const place = options.tokenPlace ?? 'query';
  const source = findSource(options, toRefreshUrl(address), settings.handshakeTimeout);
  return new Connection({
    openSocket,
    toHandshake: (current) => toHandshake(address, current, place),
    tokens: new TokenKeeper({ token, source }),
    settings,
    audience,
    clock: systemClock,
    random: Math.random,
  });
}

/** @throws {TypeError} for what is no list of topics */
export function checkTopics(topics: readonly string[]): readonly string[] {
  if (Array.isArray(topics) && topics.every((topic) => typeof topic === 'string')) return [...topics];
  throw new TypeError('Topics are given as an array of strings.');
}
