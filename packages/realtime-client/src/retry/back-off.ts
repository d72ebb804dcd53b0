// How long to wait before which attempt: twice as long each time, and never all clients at once.

export interface BackOffOptions {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  readonly maxAttempts: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export interface Attempt {
  /** From 1. */
  readonly attempt: number;
  readonly delayMs: number;
}

export class BackOff {
  readonly #options: BackOffOptions;
  #attempts = 0;

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  /**
   * Null when there were enough. `askedDelayMs` is what the hub asked for: never earlier than that, up to half as long
   * again later, and for a first attempt it takes the place of ours.
   */
  next(askedDelayMs: number | null): Attempt | null {
    const { maxAttempts, random } = this.#options;
    if (this.#attempts >= maxAttempts) return null;
    this.#attempts++;
    const attempt = this.#attempts;
    // Between half of the delay and all of it.
    const ownMs = this.#delayMs * (1 - random() / 2);
    if (askedDelayMs === null) return { attempt, delayMs: Math.round(ownMs) };
    const askedMs = askedDelayMs * (1 + random() / 2);
    return { attempt, delayMs: Math.round(attempt === 1 ? askedMs : Math.max(ownMs, askedMs)) };
  }

  reset(): void {
    this.#attempts = 0;
  }

  get #delayMs(): number {
    const { firstDelayMs, longestDelayMs } = this.#options;
    return Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#attempts - 1));
  }
}
