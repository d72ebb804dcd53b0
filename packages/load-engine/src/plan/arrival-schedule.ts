/**
 * When iterations start, so that their rate follows the level of a plan in starts per second. The start with the number
 * n (from 0) is due when the area under the lines reaches n; so a rate of 20 has gaps of 50 ms, a ramp from 0 begins with
 * long ones, and the count of a stretch is exact whatever its rates. Threads take every nth start: together they are the
 * one schedule.
 */
import { replaceFrom, type Segment } from './segment.ts';

export interface Arrival {
  /** From the start of the load. */
  readonly atMs: number;
  /** Of all threads, from 0. */
  readonly number: number;
}

/** Sums of many lines differ from the whole numbers that they stand for in their last digits. */
const ROUNDING = 1e-7;

export class ArrivalSchedule {
  readonly #stride: number;
  #segments: readonly Segment[];
  #current = 0;
  /** Starts that were due before the current segment. */
  #before = 0;
  #next: number;

  /** The share of the `thread` (from 0) of so many. */
  constructor(segments: readonly Segment[], thread = 0, threads = 1) {
    this.#segments = segments;
    this.#next = thread;
    this.#stride = threads;
  }

  /** The next start; null when none is left. */
  peek(): Arrival | null {
    for (;;) {
      const segment = this.#segments[this.#current];
      if (segment === undefined) return null;
      const count = countStarts(segment);
      if (this.#next - this.#before < count - ROUNDING) {
        return { atMs: segment.fromMs + timeOf(segment, this.#next - this.#before), number: this.#next };
      }
      this.#before += count;
      this.#current += 1;
    }
  }

  /** Takes what `peek` showed. */
  take(): void {
    this.#next += this.#stride;
  }

  /** From `atMs` on so many starts per second, until the plan ends. */
  scale(ratePerSecond: number, atMs: number): void {
    this.#segments = replaceFrom(this.#segments, atMs, ratePerSecond);
    this.#current = 0;
    this.#before = 0;
  }
}

/** How many starts a plan has; Infinity for one without an end. */
export function countArrivals(segments: readonly Segment[], untilMs = Number.POSITIVE_INFINITY): number {
  const starts = replaceFrom(segments, untilMs, 0).reduce((sum, segment) => sum + countStarts(segment), 0);
  return starts === Number.POSITIVE_INFINITY ? starts : Math.max(0, Math.ceil(starts - ROUNDING));
}

/** The area under the line. */
function countStarts({ durationMs, from, to }: Segment): number {
  if (from === 0 && to === 0) return 0;
  return (((from + to) / 2) * durationMs) / 1000;
}

/** After how many milliseconds of the segment the area under its line is `count`. */
function timeOf({ durationMs, from, to }: Segment, count: number): number {
  if (from === to) return (count * 1000) / from;
  // Of the two forms of the root, the one that loses no digits for a small slope; 0 of 0 is the begin.
  const slope = (to - from) / (durationMs / 1000);
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * count));
  return count === 0 ? 0 : Math.min(durationMs, (2 * count * 1000) / (from + root));
}
