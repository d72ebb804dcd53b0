import { describe, expect, it } from 'vitest';
import { compare } from './measure.ts';
import {
  measureGaps,
  type ServerLog,
  serverLateness,
  timesByClock,
  timesFromArrival,
  timesFromPlan,
} from './truth.ts';

const CONSTANT = { latency: { kind: 'constant', ms: 10 } as const, stall: null };

function toLog(pairs: readonly (readonly [arrivedMs: number, answeredMs: number])[]): ServerLog {
  return {
    arrivedMs: Float64Array.from(pairs, ([arrived]) => arrived),
    answeredMs: Float64Array.from(pairs, ([, answered]) => answered),
  };
}

/** One per second, frozen for 45 s after the second: the others come when they should, or when the third has its answer. */
const [OPEN, CLOSED] = [
  (n: number) => n * 1000,
  (n: number) => (n < 3 ? n * 1000 : 46_100 + 10 * (n - 3)),
].map((startOf) =>
  toLog(
    Array.from({ length: 10 }, (_, n) => {
      const at = 100 + startOf(n);
      return [at, n < 2 ? at + 10 : Math.max(46_100, at + 10)] as const;
    }),
  ),
);

describe('F25: a server that freezes for 45 s after the second of ten requests, one per second', () => {
  const countSlow = (times: Float64Array) => times.filter((ms) => ms >= 36_000).length;

  it('lets eight wait for 36 s or longer, whether or not the client sent them meanwhile', () => {
    expect(countSlow(timesFromPlan(OPEN!, 1))).toBe(8);
    expect(countSlow(timesFromPlan(CLOSED!, 1))).toBe(8);
  });

  it('looks like one slow request to who asks only after an answer', () => {
    expect(countSlow(timesFromArrival(CLOSED!))).toBe(1);
  });

  it('is the same computed from its behaviour alone', () => {
    const behaviour = { ...CONSTANT, stall: { afterMs: 1010.5, durationMs: 44_989.5 } };
    const times = timesByClock(behaviour, 1, 10);
    expect(countSlow(times)).toBe(8);
    expect([...times]).toEqual([...timesFromPlan(OPEN!, 1)]);
  });
});

describe('true response times', () => {
  it('count from a plan that no arrival is ahead of', () => {
    // The first was 3 ms late.
    const log = toLog([
      [103, 113],
      [200, 210],
      [301, 311],
    ]);
    expect([...timesFromPlan(log, 10)]).toEqual([10, 11, 13]);
    expect([...timesFromArrival(log)]).toEqual([10, 10, 10]);
  });

  it('leave out what nobody waited for any more', () => {
    const log = toLog([
      [0, 10],
      [100, Number.NaN],
      [200, 215],
    ]);
    expect([...timesFromArrival(log)]).toEqual([10, 15]);
    expect([...timesFromPlan(log, 10)]).toEqual([10, 15]);
    expect([...serverLateness(log, CONSTANT)]).toEqual([0, 5]);
  });

  it('are those of the clock for a client that left out what it had planned', () => {
    const whole = toLog(Array.from({ length: 100 }, (_, n) => [n * 10 + (n % 2), n * 10 + 11]));
    const measured = { name: '', against: 'plan', timesMs: [1, 2, 3, 4, 5] } as const;
    const one = { behaviour: CONSTANT, ratePerSecond: 100 };
    expect(compare(measured, whole, one, 1)).toEqual({
      name: '',
      against: 'plan',
      reportedMs: [1, 2, 3, 4, 5],
      trueMs: [11, 11, 11, 11, 11],
    });
    expect(compare(measured, whole, one, 0.5)).toMatchObject({ against: 'clock' });
    expect(compare(measured, whole, one, 2)).toMatchObject({
      against: 'clock',
      trueMs: [10, 10, 10, 10, 10],
    });
  });
});

describe('gaps between arrivals', () => {
  it('are the smallest, the largest, and how far they are from the even one', () => {
    expect(measureGaps(Float64Array.of(0, 50, 101, 101, 250), 20)).toEqual({
      smallestMs: 0,
      largestMs: 149,
      p99OffMs: 99,
    });
  });

  it('of one arrival are none', () => {
    expect(measureGaps(Float64Array.of(5), 20)).toBeUndefined();
  });
});
