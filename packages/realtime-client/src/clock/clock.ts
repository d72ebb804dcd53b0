// Time as the clients use it: a test brings its own.

export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs something once after a while; the answer takes that back. */
  after(delayMs: number, run: () => void): () => void;
}

/** A timer with a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_DELAY_MS));
    return () => clearTimeout(timer);
  },
};
