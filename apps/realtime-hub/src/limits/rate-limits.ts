// The three limits on messages: of the node, of a user over all connections, of one connection (contracts 4.1).
import { MessageError } from '../messages/message-error.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';

export interface RateLimitsConfig {
  readonly global: RateLimit;
  readonly user: RateLimit;
  readonly connection: RateLimit;
}

export type LimitName = keyof RateLimitsConfig;

/** What one connection draws on; the bucket of a user is shared by all connections of that user. */
export interface Allowance {
  readonly user: TokenBucket | null;
  readonly connection: TokenBucket;
  /** Takes what is refused: whoever empties it too goes on far beyond the limit. */
  readonly patience: TokenBucket;
}

export interface Refusal {
  readonly limit: LimitName;
  readonly retryAfterMs: number;
  /** The connection shall be closed with 4429. */
  readonly isFlood: boolean;
}

export class RateLimits {
  readonly #config: RateLimitsConfig;
  readonly #global: TokenBucket;

  constructor(config: RateLimitsConfig, now: number) {
    this.#config = config;
    this.#global = new TokenBucket(config.global, now);
  }

  createUserBucket(now: number): TokenBucket {
    return new TokenBucket(this.#config.user, now);
  }

  createAllowance(user: TokenBucket | null, now: number): Allowance {
    const { connection } = this.#config;
    return {
      user,
      connection: new TokenBucket(connection, now),
      patience: new TokenBucket(connection, now),
    };
  }

  /** Null when the message may pass. What was taken from a wider bucket goes back when a narrower one refuses. */
  take({ user, connection, patience }: Allowance, now: number): Refusal | null {
    const globalWait = this.#global.take(now);
    // It may be the fault of all the others.
    if (globalWait > 0) return { limit: 'global', retryAfterMs: globalWait, isFlood: false };
    const userWait = user?.take(now) ?? 0;
    if (userWait > 0) {
      this.#global.refund();
      return { limit: 'user', retryAfterMs: userWait, isFlood: patience.take(now) > 0 };
    }
    const connectionWait = connection.take(now);
    if (connectionWait === 0) return null;
    this.#global.refund();
    user?.refund();
    return { limit: 'connection', retryAfterMs: connectionWait, isFlood: patience.take(now) > 0 };
  }
}

const WHOSE: Readonly<Record<LimitName, string>> = {
  global: 'The server takes no more messages at the moment',
  user: 'You send too many messages',
  connection: 'This connection sends too many messages',
};

export function rateLimited({ limit, retryAfterMs }: Refusal): MessageError {
  return new MessageError(429, `${WHOSE[limit]}. Please wait.`, { retry_after_ms: retryAfterMs, limit });
}
