// A new token on an open connection, before the old one ends: it goes on without a gap.
import type { Clock } from '../clock/clock.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import type { BackOff } from '../retry/back-off.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface RenewalOptions {
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
  readonly backOff: BackOff;
  readonly onToken: (token: string) => void;
  readonly onError: (error: RealtimeError) => void;
}

/** Of one connection. */
export class Renewal {
  readonly #options: RenewalOptions;
  #isStopped = false;
  #isRunning = false;
  #cancel: (() => void) | null = null;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** Until a token came, the session is known to be over, or the connection ends. */
  start(): void {
    if (this.#isRunning || this.#isStopped || !this.#options.tokens.canRenew) return;
    this.#isRunning = true;
    this.#cancel?.();
    void this.#renew();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #renew(): Promise<void> {
    const { tokens, backOff, onToken, onError } = this.#options;
    try {
      const earlier = tokens.current;
      const token = await tokens.renew();
      if (this.#isStopped) return;
      // The hub would ask for another one at once, and so on.
      if (token === earlier) throw new RealtimeError('TOKEN_UNAVAILABLE', 'The new token is the old one.');
      backOff.reset();
      onToken(token);
    } catch (error) {
      if (this.#isStopped || !(error instanceof RealtimeError)) return;
      if (error.code !== 'TOKEN_ENDED') this.#tryAgain(error);
      onError(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #tryAgain(error: RealtimeError): void {
    const next = this.#options.backOff.next(error.retryAfterMs);
    if (next !== null) this.#cancel = this.#options.clock.after(next.delayMs, () => this.start());
  }
}
