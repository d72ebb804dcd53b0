/**
 * So many failures in a window, however many logins run at once.
 *
 * A login takes a place before it runs. It gives the place back when it succeeds and uses it up when it fails,
 * until the failure leaves the window. When all places are taken by logins that still run, the next one waits
 * for their outcome: parallel guesses cannot slip past the limit, and right passwords are never refused.
 */
import { createLimitError } from './login-errors.ts';

export class FailureBudget {
  readonly #limit: number;
  readonly #windowMs: number;
  /** When each failure of the window happened, the oldest first; never longer than the limit. */
  readonly #failures: number[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** @throws {AppError} `rate-limited` when the failures of the window have used up the budget */
  async take(now: () => number): Promise<void> {
    for (;;) {
      this.#forget(now());
      if (this.#failures.length >= this.#limit) throw createLimitError(this.#retryAfterMs(now()));
      if (this.#running + this.#failures.length < this.#limit) break;
      await this.#nextOutcome();
    }
    this.#running++;
  }

  give(isFailed: boolean, now: number): void {
    this.#running--;
    if (isFailed) this.#failures.push(now);
    // A place came free, or the budget is used up and all who wait must hear it.
    const isUsedUp = this.#failures.length >= this.#limit;
    for (const wake of this.#waiting.splice(0, isUsedUp ? this.#waiting.length : 1)) wake();
  }

  get isInUse(): boolean {
    return this.#running > 0 || this.#waiting.length > 0;
  }

  /** True when forgetting this budget would change nothing. */
  isIdle(now: number): boolean {
    this.#forget(now);
    return !this.isInUse && this.#failures.length === 0;
  }

  #nextOutcome(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  #forget(now: number): void {
    let old = 0;
    while (old < this.#failures.length && now - (this.#failures[old] as number) >= this.#windowMs) old++;
    if (old > 0) this.#failures.splice(0, old);
  }

  #retryAfterMs(now: number): number {
    return (this.#failures[0] ?? now) + this.#windowMs - now;
  }
}
