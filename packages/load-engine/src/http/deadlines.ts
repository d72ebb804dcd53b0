// One coarse clock for all time limits of an event loop, instead of a timer per request.

export interface Expiring {
  /** In milliseconds of `performance.now()`; infinite while nothing is awaited. */
  readonly deadline: number;
  /** Called once the deadline has passed. */
  expire(now: number): void;
  /** Its place in the list; only `DeadlineSweep` writes it, -1 means that it is in none. */
  sweepIndex: number;
}

/** Time limits are kept to this precision: never early, at most this much late. */
export const SWEEP_INTERVAL_MS = 10;

export class DeadlineSweep {
  private readonly watched: Expiring[] = [];
  private timer: NodeJS.Timeout | undefined;

  watch(item: Expiring): void {
    if (item.sweepIndex !== -1) return;
    item.sweepIndex = this.watched.push(item) - 1;
    this.timer ??= setInterval(() => this.tick(), SWEEP_INTERVAL_MS).unref();
  }

  unwatch(item: Expiring): void {
    if (item.sweepIndex === -1) return;
    const last = this.watched.pop();
    if (last !== undefined && last !== item) {
      this.watched[item.sweepIndex] = last;
      last.sweepIndex = item.sweepIndex;
    }
    item.sweepIndex = -1;
    if (this.watched.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /**
   * After the loop was blocked, timers run before sockets are read. An answer that waits in the kernel shall not
   * count as late, so the look at the deadlines comes after the next reading.
   */
  private tick(): void {
    setImmediate(() => this.sweep(performance.now()));
  }

  private sweep(now: number): void {
    for (let index = this.watched.length - 1; index >= 0; index--) {
      const item = this.watched[index];
      if (item !== undefined && item.deadline <= now) item.expire(now);
    }
  }
}

/** The sweep of this thread. */
export const deadlines = new DeadlineSweep();
