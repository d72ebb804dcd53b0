// How fast somebody may go on: a bucket that fills at a steady rate, and from which each message takes one.

export interface RateLimit {
  readonly perSecond: number;
  /** How many may come at once. With 0 here or there, nothing is limited. */
  readonly burst: number;
}

/** Times are milliseconds of one clock that never goes back. */
export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #filledAt: number;

  constructor(limit: RateLimit, now: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledAt = now;
  }

  /** 0 when one was taken, else the milliseconds until there is one. */
  take(now: number): number {
    const { perSecond, burst } = this.#limit;
    if (perSecond === 0 || burst === 0) return 0;
    const elapsed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(burst, this.#tokens + (elapsed * perSecond) / 1000);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / perSecond));
    this.#tokens--;
    return 0;
  }

  /** Puts one back that was taken for nothing. */
  refund(): void {
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + 1);
  }
}
