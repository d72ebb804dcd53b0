// The token of a client, and where new ones come from.
import { RealtimeError } from '../errors/realtime-error.ts';
import type { RealtimeOptions, Token } from '../options/options.ts';
import { isExpired } from './expiry.ts';
import { refreshSession } from './session-refresh.ts';

type Source = () => string | Promise<string>;

export interface TokenKeeperOptions {
  /** Null for anonymous connections. */
  readonly token: Token | null;
  /** Gets a new one; null where there is no way to. */
  readonly source: Source | null;
}

export class TokenKeeper {
  readonly #source: Source | null;
  readonly #asksEachTime: boolean;
  #token: string | null;
  #refused: string | null = null;
  #isSuspect = false;
  /** One suspicion per outage: that the hub is out of reach must not become a flood of refreshes. */
  #maySuspect = true;
  #renewing: Promise<string> | null = null;

  constructor({ token, source }: TokenKeeperOptions) {
    this.#asksEachTime = typeof token === 'function';
    this.#token = typeof token === 'function' ? null : token;
    this.#source = typeof token === 'function' ? token : source;
  }

  get current(): string | null {
    return this.#token;
  }

  get canRenew(): boolean {
    return this.#source !== null;
  }

  /**
   * For a handshake: a new one where the present one is known to be of no use.
   * @throws {RealtimeError} TOKEN_ENDED, TOKEN_UNAVAILABLE
   */
  async get(): Promise<string | null> {
    return this.#isGood ? this.#token : this.renew();
  }

  /** However many ask, the source is asked once at a time. Throws as `get` does. */
  renew(): Promise<string> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** The hub does not take the present token any more. */
  refuse(): void {
    this.#refused = this.#token;
  }

  /** A handshake failed, and nobody says why: it may have been the token. */
  suspect(): void {
    if (!this.#maySuspect) return;
    this.#maySuspect = false;
    this.#isSuspect = true;
  }

  /** The hub took it. */
  trust(): void {
    this.#maySuspect = true;
    this.#isSuspect = false;
  }

  get #isGood(): boolean {
    if (this.#source === null) return true;
    if (this.#asksEachTime || this.#isSuspect || this.#token === null) return false;
    return this.#token !== this.#refused && !isExpired(this.#token, Date.now());
  }

  async #renew(): Promise<string> {
    const token = await this.#ask();
    if (token === this.#refused)
      throw new RealtimeError('TOKEN_ENDED', 'The token ended, and the new one is the same.');
    this.#token = token;
    this.#isSuspect = false;
    return token;
  }

  async #ask(): Promise<string> {
    if (this.#source === null)
      throw new RealtimeError('TOKEN_ENDED', 'The token ended, and there is no other.');
    let token: unknown;
    try {
      token = await this.#source();
    } catch (cause) {
      if (cause instanceof RealtimeError) throw cause;
      throw new RealtimeError('TOKEN_UNAVAILABLE', 'No new token came.', { cause });
    }
    if (typeof token === 'string' && token !== '') return token;
    throw new RealtimeError('TOKEN_UNAVAILABLE', 'What came as a new token is no string.');
  }
}

/** `getToken` goes before `refreshToken`. */
export function findSource(options: RealtimeOptions, refreshUrl: string, timeoutMs: number): Source | null {
  const { getToken, refreshToken } = options;
  if (getToken !== undefined) return getToken;
  if (refreshToken === undefined) return null;
  return () => refreshSession(options.refreshUrl ?? refreshUrl, refreshToken, timeoutMs);
}
