/**
 * When users come and go, so that their number follows the level of a plan: the user with the index k (from 0) is there
 * while the level is above k. It is worked out step by step from the lines of the plan, in memory that does not grow.
 */
import { replaceFrom, type Segment } from './segment.ts';

export interface UserChange {
  /** From the start of the load. */
  readonly atMs: number;
  readonly kind: 'start' | 'stop';
  readonly index: number;
}

export class UserSchedule {
  #segments: readonly Segment[];
  #current = 0;
  /** Users that are there after the changes so far. */
  #active = 0;
  /** As many are there as the level at the begin of the current segment wants. */
  #isSettled = false;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** The next change; null when none is left. */
  peek(): UserChange | null {
    for (;;) {
      const segment = this.#segments[this.#current];
      if (segment === undefined) return null;
      if (!this.#isSettled) {
        if (this.#active > countAtBegin(segment)) return this.#toStop(segment.fromMs);
        if (this.#active < Math.ceil(segment.from)) return this.#toStart(segment.fromMs);
        this.#isSettled = true;
      }
      const change = this.#findChange(segment);
      if (change !== null) return change;
      this.#enter(this.#current + 1);
    }
  }

  /** Takes what `peek` showed. */
  take(): void {
    const change = this.peek();
    if (change !== null) this.#active += change.kind === 'start' ? 1 : -1;
  }

  /** From `atMs` on so many users, until the plan ends. */
  scale(users: number, atMs: number): void {
    this.#segments = replaceFrom(this.#segments, atMs, users).filter(({ fromMs }) => fromMs >= atMs);
    this.#enter(0);
  }

  #enter(segment: number): void {
    this.#current = segment;
    this.#isSettled = false;
  }

  /** Who comes or goes next within the segment. */
  #findChange(segment: Segment): UserChange | null {
    const { from, to } = segment;
    const active = this.#active;
    if (to > from) return active < to ? this.#toStart(timeOf(segment, active)) : null;
    return to < from && active > 0 && active - 1 >= to ? this.#toStop(timeOf(segment, active - 1)) : null;
  }

  #toStart(atMs: number): UserChange {
    return { atMs, kind: 'start', index: this.#active };
  }

  #toStop(atMs: number): UserChange {
    return { atMs, kind: 'stop', index: this.#active - 1 };
  }
}

/** Whoever comes just when a line rises from its index is there from its begin on. */
function countAtBegin({ from, to }: Segment): number {
  return to > from ? Math.floor(from) + 1 : Math.ceil(from);
}

/** When the level passes the index; the begin of the segment where it is past already. */
function timeOf({ fromMs, durationMs, from, to }: Segment, index: number): number {
  const isPast = to >= from ? index <= from : index >= from;
  return isPast ? fromMs : fromMs + ((index - from) * durationMs) / (to - from);
}
