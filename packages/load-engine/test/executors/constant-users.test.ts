import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConstantUsers } from '../../src/executors/constant-users.ts';
import { buildPlan, spawnTimeMs } from '../../src/plan/plan.ts';

// A virtual clock: the schedule is proven without waiting for it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Start {
  readonly index: number;
  readonly atMs: number;
}

/** All starts of all threads, in their order. */
function startsOf(options: { users: number; spawnRate: number; threads: number }): Start[] {
  const plan = buildPlan(options);
  const origin = performance.now();
  const starts: Start[] = [];
  for (let thread = 0; thread < options.threads; thread += 1) {
    const record = (index: number): void => void starts.push({ index, atMs: performance.now() - origin });
    new ConstantUsers(plan, thread, options.threads, record).start(origin);
  }
  vi.runAllTimers();
  return starts;
}

describe('ConstantUsers', () => {
  it('starts 20 users a second one by one, 50 ms apart, over two threads', () => {
    const starts = startsOf({ users: 100, spawnRate: 20, threads: 2 });
    expect(starts).toEqual(Array.from({ length: 100 }, (_, index) => ({ index, atMs: index * 50 })));
  });

  it('starts every user once, never early and within a tick of its time, at any rate', () => {
    const options = fc.record({
      users: fc.integer({ min: 1, max: 200 }),
      spawnRate: fc.double({ min: 0.1, max: 5000, noNaN: true }),
      threads: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(options, (load) => {
        const starts = startsOf(load);
        expect(starts.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
          Array.from({ length: load.users }, (_, index) => index),
        );
        for (const { index, atMs } of starts) {
          const late = atMs - spawnTimeMs(load, index);
          // Both are sums of the same milliseconds in another order: they may differ in the last bits.
          expect(late).toBeGreaterThanOrEqual(-1e-6);
          expect(late).toBeLessThanOrEqual(1.001);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('starts at once what has no rate, and waits longer than a timer can', () => {
    expect(
      startsOf({ users: 50, spawnRate: Number.POSITIVE_INFINITY, threads: 1 }).every(
        ({ atMs }) => atMs === 0,
      ),
    ).toBe(true);
    // One user in 40 days: Node fires a timer of more than 24.8 days at once.
    expect(startsOf({ users: 2, spawnRate: 1 / (40 * 86_400), threads: 1 })).toMatchObject([
      { atMs: 0 },
      { index: 1 },
    ]);
    expect(performance.now()).toBeGreaterThan(40 * 86_400_000 - 1);
  });

  it('starts nobody after it was stopped', () => {
    const started: number[] = [];
    const users = new ConstantUsers(buildPlan({ users: 10, spawnRate: 10 }), 0, 1, (index) =>
      started.push(index),
    );
    users.start(performance.now());
    vi.advanceTimersByTime(250);
    expect(users.hasUsersToStart).toBe(true);
    users.stop();
    vi.runAllTimers();
    expect(started).toEqual([0, 1, 2]);
    expect(users.hasUsersToStart).toBe(false);
  });
});
