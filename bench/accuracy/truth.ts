/** True response times, from what a server did and not from what a client says; all in milliseconds, in ascending order. */
import { percentile } from '../percentile.ts';
import { answerTimeOf, type Behaviour } from './latency.ts';

/** What a server saw, in the order of arrival, on one clock. */
export interface ServerLog {
  readonly arrivedMs: Float64Array;
  /** NaN for what was not answered, because who asked had gone. */
  readonly answeredMs: Float64Array;
}

export interface Gaps {
  readonly smallestMs: number;
  readonly largestMs: number;
  /** The p99 of how far gaps are from the even one. */
  readonly p99OffMs: number;
}

/** From arrival to answer: what the server held its requests for, which is all that a client in a loop can see. */
export function timesFromArrival({ arrivedMs, answeredMs }: ServerLog): Float64Array {
  return toTimes(answeredMs, (n) => arrivedMs[n] ?? Number.NaN);
}

/**
 * From the planned start to the answer, for a client that starts the nth request n / rate after its first one, whatever
 * the server does. No start is early: the plan begins so that none arrives before it was planned.
 */
export function timesFromPlan({ arrivedMs, answeredMs }: ServerLog, ratePerSecond: number): Float64Array {
  const gapMs = 1000 / ratePerSecond;
  const beginMs = arrivedMs.reduce(
    (least, at, n) => Math.min(least, at - n * gapMs),
    Number.POSITIVE_INFINITY,
  );
  return toTimes(answeredMs, (n) => beginMs + n * gapMs);
}

/** What the same server lets a client wait that starts so many requests exactly by the clock: computed, nothing is measured. */
export function timesByClock(behaviour: Behaviour, ratePerSecond: number, count: number): Float64Array {
  const startedMs = Float64Array.from({ length: count }, (_, n) => (n * 1000) / ratePerSecond);
  return startedMs.map((at, n) => answerTimeOf(behaviour, 0, at, n) - at).sort();
}

/** How long after the due moment the server answered: what it is itself unsure of. */
export function serverLateness({ arrivedMs, answeredMs }: ServerLog, behaviour: Behaviour): Float64Array {
  const [firstMs = 0] = arrivedMs;
  return toTimes(answeredMs, (n) => answerTimeOf(behaviour, firstMs, arrivedMs[n] ?? 0, n));
}

/** Between arrivals; undefined for fewer than two. */
export function measureGaps(arrivedMs: Float64Array, ratePerSecond: number): Gaps | undefined {
  if (arrivedMs.length < 2) return undefined;
  const gaps = arrivedMs.subarray(1).map((at, n) => at - (arrivedMs[n] ?? 0));
  const off = gaps.map((gap) => Math.abs(gap - 1000 / ratePerSecond)).sort();
  gaps.sort();
  return {
    smallestMs: percentile(gaps, 0),
    largestMs: percentile(gaps, 100),
    p99OffMs: percentile(off, 99),
  };
}

function toTimes(answeredMs: Float64Array, startOf: (n: number) => number): Float64Array {
  return answeredMs
    .map((at, n) => at - startOf(n))
    .filter((time) => !Number.isNaN(time))
    .sort();
}
