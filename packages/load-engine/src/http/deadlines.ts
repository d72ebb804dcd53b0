// One coarse clock for all time limits of an event loop, instead of a timer per request.

export interface Expiring {
  /** In milliseconds of `performance.now()`; infinite while nothing is awaited. */
  readonly deadline: number;
  /** Called once the deadline has passed; it must move the deadline. */
  expire(now: number): void;
  /** Its place in the list; only `Deadlines` writes it, -1 means that it is in none. */
  sweepIndex: number;
}

/** Time limits are kept to this precision: never early, at most this much late. */
const TICK_MS = 10;

export class Deadlines {
  private readonly watched: Expiring[] = [];
  /** No deadline lies before this: until then there is nothing to look at, however many are watched. */
  private earliest = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  watch(item: Expiring): void {
    if (item.sweepIndex !== -1) return;
    item.sweepIndex = this.watched.push(item) - 1;
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
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

  /** Must hear of every deadline that a watched item takes; of those that it drops it need not. */
  expect(deadline: number): void {
    if (deadline < this.earliest) this.earliest = deadline;
  }

  /**
   * After the loop was blocked, timers run before sockets are read. An answer that waits in the kernel shall not
   * count as late, so the look at the deadlines comes after the next reading.
   */
  private tick(): void {
    if (performance.now() >= this.earliest) setImmediate(() => this.sweep(performance.now()));
  }

  private sweep(now: number): void {
    this.earliest = Number.POSITIVE_INFINITY;
    for (let index = this.watched.length - 1; index >= 0; index--) {
      const item = this.watched[index];
      if (item === undefined) continue;
      if (item.deadline <= now) item.expire(now);
      else this.expect(item.deadline);
    }
  }
}

/** Those of this thread. */
export const deadlines = new Deadlines();
