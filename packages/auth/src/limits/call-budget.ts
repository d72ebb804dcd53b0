/**
 * So many calls in any window of its length.
 *
 * Calls are counted in slices of the window, and a slice counts until the whole of it has left the window: never more
 * than the limit pass in any window, at most one slice later than they might, and a key takes a few bytes per slice
 * however high the limit is.
 */
const SLICES = 30;

interface Slice {
  readonly index: number;
  calls: number;
}

export class CallBudget {
  /** A call is over when it is counted. */
  readonly isInUse = false;
  readonly #limit: number;
  readonly #sliceMs: number;
  /** The oldest first, none empty. */
  readonly #slices: Slice[] = [];
  #calls = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#sliceMs = windowMs / SLICES;
  }

  /** Counts a call and returns 0; or counts nothing and returns in how many milliseconds the next one passes. */
  take(nowMs: number): number {
    const index = this.#forget(nowMs);
    const oldest = this.#slices[0];
    if (oldest !== undefined && this.#calls >= this.#limit)
      return (oldest.index + SLICES + 1) * this.#sliceMs - nowMs;
    const newest = this.#slices.at(-1);
    if (newest?.index === index) newest.calls++;
    else this.#slices.push({ index, calls: 1 });
    this.#calls++;
    return 0;
  }

  isIdle(nowMs: number): boolean {
    this.#forget(nowMs);
    return this.#calls === 0;
  }

  /** Returns the slice of now. */
  #forget(nowMs: number): number {
    const index = Math.floor(nowMs / this.#sliceMs);
    let old = 0;
    for (const slice of this.#slices) {
      if (slice.index + SLICES >= index) break;
      this.#calls -= slice.calls;
      old++;
    }
    if (old > 0) this.#slices.splice(0, old);
    return index;
  }
}
