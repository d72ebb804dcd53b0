// The core on real sockets, with a clock and a chance that the test decides.
import { onTestFinished } from 'vitest';
import { Connection } from '../../src/connection/connection.ts';
import type { Audience } from '../../src/connection/events.ts';
import { type RealtimeOptions, type Token, toSettings } from '../../src/options/options.ts';
import { parseAddress, toHandshake, toRefreshUrl } from '../../src/sockets/address.ts';
import { createOpenNodeSocket } from '../../src/sockets/node-socket.ts';
import { findSource, TokenKeeper } from '../../src/tokens/token-keeper.ts';
import { HandClock } from './hand-clock.ts';

export interface Core {
  readonly connection: Connection;
  readonly clock: HandClock;
  /** What was told so far: events with their argument, messages as their type and data. */
  readonly told: (readonly [string, unknown])[];
  /** The argument of the next event or message of that name, or of one that came already. */
  hear(name: string, skip?: number): Promise<unknown>;
  named(name: string): unknown[];
}

export interface CoreOptions extends RealtimeOptions {
  readonly token?: Token | null;
  /** From 0 to below 1; default 0, so that delays are exactly the doubled ones. */
  readonly random?: () => number;
}

export function createCore(url: string, options: CoreOptions = {}): Core {
  const clock = new HandClock();
  const told: (readonly [string, unknown])[] = [];
  const waiting = new Set<() => void>();
  const note = (name: string, argument: unknown) => {
    told.push([name, argument]);
    for (const look of waiting) look();
  };
  const audience: Audience = {
    tell: (event, ...args) => note(event, args[0]),
    deliver: ({ type, data }) => note(type, data),
  };
  const connection = open(url, options, audience, clock);
  onTestFinished(() => connection.disconnect());
  const named = (name: string) => told.filter(([event]) => event === name).map(([, argument]) => argument);
  return {
    connection,
    clock,
    told,
    named,
    hear: (name, skip = 0) =>
      new Promise((resolve) => {
        const look = () => {
          const found = named(name);
          if (found.length <= skip) return;
          waiting.delete(look);
          resolve(found[skip]);
        };
        waiting.add(look);
        look();
      }),
  };
}

function open(url: string, options: CoreOptions, audience: Audience, clock: HandClock): Connection {
  const address = parseAddress(url);
  const settings = toSettings(options);
  const source = findSource(options, toRefreshUrl(address), settings.handshakeTimeout);
  return new Connection({
    openSocket: createOpenNodeSocket({}),
    toHandshake: (token) => toHandshake(address, token, options.tokenPlace ?? 'query'),
    tokens: new TokenKeeper({ token: options.token === undefined ? 't1' : options.token, source }),
    settings,
    audience,
    clock,
    random: options.random ?? (() => 0),
  });
}
