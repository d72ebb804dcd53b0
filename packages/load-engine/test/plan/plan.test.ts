import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPlan, spawnTimeMs, usersOfThread, usersSpawnedBy } from '../../src/plan/plan.ts';

describe('buildPlan', () => {
  it('completes what was not said: one user, at once, until stopped, 5 s of grace', () => {
    expect(buildPlan({})).toEqual({
      users: 1,
      spawnRate: Number.POSITIVE_INFINITY,
      durationMs: null,
      iterations: null,
      graceMs: 5000,
    });
  });

  it.each([
    [{ users: 0 }, 'expected users to be a whole number from 1 to 1000000, got 0'],
    [{ users: 1.5 }, 'expected users to be a whole number from 1 to 1000000, got 1.5'],
    [{ users: Number.NaN }, 'expected users to be a whole number from 1 to 1000000, got NaN'],
    [{ users: '5' as never }, 'expected users to be a whole number from 1 to 1000000, got 5'],
    [{ spawnRate: 0 }, 'expected spawnRate to be above 0 users per second, got 0'],
    [{ spawnRate: -1 }, 'expected spawnRate to be above 0 users per second, got -1'],
    [{ spawnRate: Number.NaN }, 'expected spawnRate to be above 0 users per second, got NaN'],
    [{ durationMs: 0 }, 'expected durationMs to be above 0 milliseconds, got 0'],
    [
      { durationMs: Number.POSITIVE_INFINITY },
      'expected durationMs to be above 0 milliseconds, got Infinity',
    ],
    [{ iterations: 0 }, 'expected iterations to be a whole number from 1 to 4000000000, got 0'],
    [{ graceMs: -1 }, 'expected graceMs to be 0 or more milliseconds, got -1'],
  ])('refuses %j and names what was expected and what came', (options, message) => {
    expect(() => buildPlan(options)).toThrow(new RangeError(message));
  });
});

describe('the schedule of starts', () => {
  it('starts 20 users a second 50 ms apart, the first at once', () => {
    const plan = buildPlan({ users: 100, spawnRate: 20 });
    expect([0, 1, 2, 99].map((index) => spawnTimeMs(plan, index))).toEqual([0, 50, 100, 4950]);
    expect([-1, 0, 49, 50, 4949, 4950, 1e9].map((elapsedMs) => usersSpawnedBy(plan, elapsedMs))).toEqual([
      0, 1, 1, 2, 99, 100, 100,
    ]);
  });

  it('starts all at once without a rate, and one every ten seconds at 0.1', () => {
    const atOnce = buildPlan({ users: 50 });
    expect(spawnTimeMs(atOnce, 49)).toBe(0);
    expect(usersSpawnedBy(atOnce, 0)).toBe(50);
    expect(spawnTimeMs(buildPlan({ users: 3, spawnRate: 0.1 }), 2)).toBe(20_000);
  });

  it('has started exactly those users whose time has come, at any moment', () => {
    const rate = fc.double({ min: 0.01, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        rate,
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        (users, spawnRate, at) => {
          const plan = buildPlan({ users, spawnRate });
          const due = Array.from({ length: users }, (_, index) => spawnTimeMs(plan, index)).filter(
            (time) => time <= at,
          );
          expect(usersSpawnedBy(plan, at)).toBe(due.length);
        },
      ),
    );
  });

  it('gives each user to exactly one thread, and each thread its share at every moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 16 }), (users, threads) => {
        const shares = Array.from({ length: threads }, (_, thread) => usersOfThread(users, thread, threads));
        expect(shares.flat().sort((left, right) => left - right)).toEqual(
          Array.from({ length: users }, (_, index) => index),
        );
        for (let spawned = 0; spawned <= users; spawned += 1) {
          const started = shares.map((share) => share.filter((index) => index < spawned).length);
          expect(Math.max(...started) - Math.min(...started)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });
});
