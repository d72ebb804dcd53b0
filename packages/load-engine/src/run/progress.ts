/** Live figures of a run, and their history for the report, in memory that does not grow with the run. */
import { Histogram } from '../record/histogram.ts';
import type { Recorder } from '../record/recorder.ts';

export interface LoadProgress {
  /** From the start, pauses included. */
  readonly elapsedMs: number;
  /** For how long the run has been paused so far. */
  readonly pausedMs: number;
  readonly isPaused: boolean;
  /** Of the plan, without pauses. Null for a run without an end. */
  readonly durationMs: number | null;
  readonly activeUsers: number;
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  /** Over the last two seconds. */
  readonly requestsPerSecond: number;
  /** Over the whole run so far; null while nothing was measured. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Since the look before: what charts over time show. */
  readonly interval: IntervalFigures;
}

/** Null percentiles where nothing ended in the interval. */
export interface IntervalFigures {
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

const RATE_WINDOW = 4;
const MAX_POINTS = 600;

/** Shorter than the time between two parcels of figures. */
const SHORTEST_INTERVAL_MS = 250;

/** What had been counted at an earlier look. */
interface Baseline {
  readonly elapsedMs: number;
  readonly failures: number;
  readonly times: Histogram;
}

export class ProgressLog {
  readonly #recent: { elapsedMs: number; requests: number }[] = [{ elapsedMs: 0, requests: 0 }];
  #points: LoadProgress[] = [];
  #stride = 1;
  #seen = 0;
  #before: Baseline = { elapsedMs: 0, failures: 0, times: new Histogram() };
  #earlier = this.#before;

  /** Takes a look at what was recorded so far. */
  take(
    recorder: Recorder,
    facts: Pick<LoadProgress, 'elapsedMs' | 'pausedMs' | 'isPaused' | 'durationMs' | 'activeUsers' | 'users'>,
  ): LoadProgress {
    const times = new Histogram();
    let failures = 0;
    for (const outcome of recorder.steps.flatMap((step) => step.outcomes)) {
      times.merge(outcome.times);
      if (outcome.failed) failures += outcome.times.count;
    }
    const [p50Ms, p95Ms, p99Ms] = toMs(times.percentilesUs([50, 95, 99]));
    const point: LoadProgress = {
      ...facts,
      requests: times.count,
      failures,
      requestsPerSecond: this.#rateAt(facts.elapsedMs, times.count),
      p50Ms: p50Ms ?? null,
      p95Ms: p95Ms ?? null,
      p99Ms: p99Ms ?? null,
      interval: this.#toInterval(facts.elapsedMs, failures, times),
    };
    this.#keep(point);
    return point;
  }

  /** At most 600 looks, evenly spread over the run. */
  get points(): readonly LoadProgress[] {
    return this.#points;
  }

  #rateAt(elapsedMs: number, requests: number): number {
    const from = this.#recent[0] ?? { elapsedMs: 0, requests: 0 };
    this.#recent.push({ elapsedMs, requests });
    if (this.#recent.length > RATE_WINDOW) this.#recent.shift();
    return elapsedMs > from.elapsedMs
      ? ((requests - from.requests) * 1000) / (elapsedMs - from.elapsedMs)
      : 0;
  }

  #toInterval(elapsedMs: number, failures: number, times: Histogram): IntervalFigures {
    // What was counted comes in parcels: over a moment, as before the end of a run, their rate would mean nothing.
    const before = elapsedMs - this.#before.elapsedMs < SHORTEST_INTERVAL_MS ? this.#earlier : this.#before;
    const recent = times.since(before.times);
    const seconds = (elapsedMs - before.elapsedMs) / 1000;
    const [p50Ms, p95Ms, p99Ms] = toMs(recent.percentilesUs([50, 95, 99]));
    this.#earlier = before;
    this.#before = { elapsedMs, failures, times };
    return {
      requestsPerSecond: seconds > 0 ? recent.count / seconds : 0,
      failuresPerSecond: seconds > 0 ? (failures - before.failures) / seconds : 0,
      p50Ms: p50Ms ?? null,
      p95Ms: p95Ms ?? null,
      p99Ms: p99Ms ?? null,
    };
  }

  #keep(point: LoadProgress): void {
    if (this.#seen % this.#stride === 0) this.#points.push(point);
    this.#seen += 1;
    if (this.#points.length < MAX_POINTS) return;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}

function toMs(microseconds: readonly (number | null)[]): (number | null)[] {
  return microseconds.map((us) => (us === null ? null : us / 1000));
}
