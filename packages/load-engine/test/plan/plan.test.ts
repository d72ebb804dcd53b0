import { describe, expect, it } from 'vitest';
import { buildPlan, type PlanOptions } from '../../src/plan/plan.ts';

describe('buildPlan', () => {
  it('completes what was not said: one user, at once, until stopped, 5 s of grace', () => {
    expect(buildPlan({})).toEqual({
      model: 'closed',
      segments: [{ fromMs: 0, durationMs: Number.POSITIVE_INFINITY, from: 1, to: 1 }],
      users: 1,
      spawnRate: Number.POSITIVE_INFINITY,
      durationMs: null,
      iterations: null,
      iterationsPerUser: null,
      graceMs: 5000,
      precise: false,
    });
  });

  it.each<[PlanOptions, string]>([
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
    [
      { iterationsPerUser: 0.5 },
      'expected iterationsPerUser to be a whole number from 1 to 4000000000, got 0.5',
    ],
    [{ rate: -1 }, 'expected rate to be a number per second from 0 to 10000000, got -1'],
    [{ rate: 0, durationMs: 1 }, 'expected a rate above 0 at some time, got 0 at all times'],
    [{ rate: 1, maxUsers: 0 }, 'expected maxUsers to be a whole number from 1 to 1000000, got 0'],
    [{ rate: 1, spawnRate: 1 }, 'expected either rate or spawnRate, got both'],
    [{ rate: 1, iterationsPerUser: 1 }, 'expected either rate or iterationsPerUser, got both'],
    [{ stages: [] }, 'expected at least one stage, got none'],
    [{ stages: [{ users: 1, durationMs: 0 }] }, 'expected a stage that lasts, got none'],
    [
      { stages: [{ users: 0, durationMs: 1 }] },
      'expected a load with at least one user, got none at any time',
    ],
    [
      { stages: [{ users: 1, durationMs: -1 }] },
      'expected stages[0].durationMs to be 0 or more milliseconds, got -1',
    ],
    [
      {
        stages: [
          { rate: 1, durationMs: 1 },
          { users: 1, durationMs: 1 },
        ],
      },
      'expected stages[1] to name its rate, as the other stages do',
    ],
    [
      { stages: [{ users: 1, durationMs: 1 }], durationMs: 5 },
      'expected either stages, which have their durations, or durationMs, got both',
    ],
    [
      { pattern: [], durationMs: 5 },
      'expected either pattern, which has its durations, or durationMs, got both',
    ],
    [{ pattern: [] }, 'expected a pattern with at least one step, got none'],
    [{ pattern: [[-1, 5]] }, 'expected users of the pattern to be a whole number from 0 to 1000000, got -1'],
    [{ graceMs: -1 }, 'expected graceMs to be 0 or more milliseconds, got -1'],
  ])('refuses %j and names what was expected and what came', (options, message) => {
    expect(() => buildPlan(options)).toThrow(new RangeError(message));
  });
});
