import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalSchedule, countArrivals } from '../../src/plan/arrival-schedule.ts';
import { buildPlan, type PlanOptions } from '../../src/plan/plan.ts';
import { levelAt, type Segment, toEndMs } from '../../src/plan/segment.ts';
import { type UserChange, UserSchedule } from '../../src/plan/user-schedule.ts';

const LONGEST = 200_000;

function changesOf(options: PlanOptions): UserChange[] {
  return takeChanges(new UserSchedule(buildPlan(options).segments));
}

function takeChanges(schedule: UserSchedule): UserChange[] {
  const changes: UserChange[] = [];
  for (let next = schedule.peek(); next !== null && changes.length < LONGEST; next = schedule.peek()) {
    changes.push(next);
    schedule.take();
  }
  return changes;
}

function startsOf(options: PlanOptions, threads = 1): number[] {
  const { segments } = buildPlan(options);
  const times: number[] = [];
  for (let thread = 0; thread < threads; thread += 1)
    times.push(...takeStarts(new ArrivalSchedule(segments, thread, threads)));
  return times.sort((left, right) => left - right);
}

function takeStarts(schedule: ArrivalSchedule, untilMs = Number.POSITIVE_INFINITY): number[] {
  const times: number[] = [];
  for (let next = schedule.peek(); next !== null && times.length < LONGEST; next = schedule.peek()) {
    if (next.atMs >= untilMs) break;
    times.push(next.atMs);
    schedule.take();
  }
  return times;
}

const countIn = (times: readonly number[], fromMs: number, untilMs: number) =>
  times.filter((time) => time >= fromMs && time < untilMs).length;

describe('users of a plan', () => {
  it('come 50 ms apart at 20 a second, the first at once, and all at once without a rate', () => {
    expect(changesOf({ users: 100, spawnRate: 20 })).toEqual(
      Array.from({ length: 100 }, (_, index) => ({ atMs: index * 50, kind: 'start', index })),
    );
    expect(changesOf({ users: 3 }).map(({ atMs }) => atMs)).toEqual([0, 0, 0]);
    expect(changesOf({ users: 3, spawnRate: 0.1 }).map(({ atMs }) => atMs)).toEqual([0, 10_000, 20_000]);
  });

  it('come on the way up and go on the way down, the last one first', () => {
    const changes = changesOf({
      stages: [
        { users: 4, durationMs: 4000 },
        { users: 4, durationMs: 10_000 },
        { users: 2, durationMs: 2000 },
      ],
    });
    expect(changes.map(({ atMs, kind, index }) => `${atMs} ${kind} ${index}`)).toEqual([
      '0 start 0',
      '1000 start 1',
      '2000 start 2',
      '3000 start 3',
      '15000 stop 3',
      '16000 stop 2',
    ]);
  });

  it('jump where a stage has no length, and carry over between the steps of a pattern', () => {
    expect(
      changesOf({
        pattern: [
          [2, 5],
          [4, 1],
          [1, 3],
        ],
      }).map(({ atMs, kind, index }) => `${atMs} ${kind} ${index}`),
    ).toEqual([
      '0 start 0',
      '0 start 1',
      '5000 start 2',
      '5000 start 3',
      '6000 stop 3',
      '6000 stop 2',
      '6000 stop 1',
    ]);
  });

  const stage = fc.record({
    users: fc.integer({ min: 0, max: 40 }),
    durationMs: fc.integer({ min: 0, max: 20_000 }),
  });
  const stages = fc
    .array(stage, { minLength: 1, maxLength: 8 })
    .filter((all) => all.some(({ users, durationMs }) => users > 0 && durationMs > 0));

  it('are as many as the level says at any moment, each with the lowest free index', () => {
    fc.assert(
      fc.property(stages, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const { segments } = buildPlan({ stages: all });
        const at = share * toEndMs(segments);
        const present = new Set<number>();
        for (const { atMs, kind, index } of takeChanges(new UserSchedule(segments))) {
          if (atMs > at) break;
          if (kind === 'start') expect(present.has(index)).toBe(false);
          else expect(present.has(index)).toBe(true);
          if (kind === 'start') present.add(index);
          else present.delete(index);
        }
        const level = levelAt(segments, at);
        // At a crossing itself either is right.
        expect(present.size).toBeGreaterThanOrEqual(Math.floor(level - 1e-6));
        expect(present.size).toBeLessThanOrEqual(Math.floor(level + 1e-6) + 1);
        expect([...present].every((index) => index < present.size)).toBe(true);
      }),
    );
  });

  it('never go back in time, and can be scaled in the middle of it', () => {
    fc.assert(
      fc.property(stages, fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (all, users, share) => {
        const { segments } = buildPlan({ stages: all });
        const at = share * toEndMs(segments);
        const schedule = new UserSchedule(segments);
        let active = 0;
        let last = 0;
        const follow = ({ atMs, kind }: UserChange) => {
          expect(atMs).toBeGreaterThanOrEqual(last);
          last = atMs;
          active += kind === 'start' ? 1 : -1;
          schedule.take();
        };
        for (let next = schedule.peek(); next !== null && next.atMs <= at; next = schedule.peek())
          follow(next);
        schedule.scale(users, at);
        for (let next = schedule.peek(); next !== null; next = schedule.peek()) follow(next);
        if (at < toEndMs(segments)) expect(active).toBe(users);
      }),
    );
  });
});

describe('starts of a plan', () => {
  it('are 50 ms apart at 20 a second, over any number of threads', () => {
    const expected = Array.from({ length: 200 }, (_, number) => number * 50);
    for (const threads of [1, 2, 7])
      expect(startsOf({ rate: 20, durationMs: 10_000 }, threads)).toEqual(expected);
  });

  it('may be rarer than one a second', () => {
    expect(startsOf({ rate: 0.2, durationMs: 20_000 })).toEqual([0, 5000, 10_000, 15_000]);
  });

  it('F28 a ramp from 0 is a ramp: 50 starts in 10 s, the first soon, half of them after 7 s', () => {
    const times = startsOf({ stages: [{ rate: 10, durationMs: 10_000 }] });
    expect(times).toHaveLength(50);
    expect(times[0]).toBeLessThan(1500);
    expect(times[1]).toBeGreaterThan(1000);
    expect(countIn(times, 7000, 10_000)).toBeGreaterThanOrEqual(25);
    expect(countIn(times, 7000, 10_000)).toBeLessThanOrEqual(26);
    const back = startsOf({ rate: 5, stages: [{ rate: 0, durationMs: 10_000 }] });
    expect(back).toHaveLength(25);
    expect(countIn(back, 0, 3000)).toBeGreaterThanOrEqual(12);
  });

  it('F29 a ramp from 1 to 25 a second over seven threads has no spike, and the starts of one thread', () => {
    const load: PlanOptions = { rate: 1, stages: [{ rate: 25, durationMs: 900_000 }] };
    const times = startsOf(load, 7);
    expect(countIn(times, 0, 1000)).toBeLessThanOrEqual(2);
    expect(Math.abs(times.length - 11_700)).toBeLessThanOrEqual(7);
    expect(times).toEqual(startsOf(load));
  });

  it('rest while the rate is 0, and go on where they stopped', () => {
    const times = startsOf({
      rate: 10,
      stages: [
        { rate: 10, durationMs: 1000 },
        { rate: 0, durationMs: 0 },
        { rate: 0, durationMs: 5000 },
        { rate: 10, durationMs: 0 },
        { rate: 10, durationMs: 1000 },
      ],
    });
    expect(times).toHaveLength(20);
    expect(countIn(times, 0, 1000)).toBe(10);
    expect(times[10]).toBe(6000);
  });

  const level = fc.oneof(
    fc.constant(0),
    fc.double({ min: 0.01, max: 200, noNaN: true }),
    fc.integer({ min: 1, max: 50 }),
  );
  const stages = fc
    .array(fc.record({ rate: level, durationMs: fc.integer({ min: 0, max: 20_000 }) }), {
      minLength: 1,
      maxLength: 6,
    })
    .filter((all) => all.some(({ rate, durationMs }) => rate > 0 && durationMs > 0));

  it('keep to the area under the lines: never early, in order, and as many as it holds', () => {
    fc.assert(
      fc.property(level, stages, fc.integer({ min: 1, max: 5 }), (rate, all, threads) => {
        const { segments } = buildPlan({ rate, stages: all });
        const times = startsOf({ rate, stages: all }, threads);
        expect(times).toHaveLength(countArrivals(segments));
        expect(times).toEqual(takeStarts(new ArrivalSchedule(segments)));
        for (const [number, atMs] of times.entries()) {
          expect(atMs).toBeLessThanOrEqual(toEndMs(segments));
          expect(Math.abs(areaUntil(segments, atMs) - number)).toBeLessThan(1e-3);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('can be scaled: those before stay, and the new rate holds from then on, over all threads', () => {
    const { segments } = buildPlan({ rate: 10, durationMs: 10_000 });
    const times = [0, 1].flatMap((thread) => {
      const schedule = new ArrivalSchedule(segments, thread, 2);
      const before = takeStarts(schedule, 4000);
      schedule.scale(100, 4000);
      return [...before, ...takeStarts(schedule)];
    });
    expect(countIn(times, 0, 4000)).toBe(40);
    expect(countIn(times, 4000, 10_000)).toBe(600);
  });
});

/** By summing small trapezoids, another way than the product's. */
function areaUntil(segments: readonly Segment[], atMs: number): number {
  let area = 0;
  for (const { fromMs, durationMs, from, to } of segments) {
    const ms = Math.min(Math.max(0, atMs - fromMs), durationMs);
    area += ((from + (from + ((to - from) * ms) / durationMs)) / 2) * (ms / 1000);
  }
  return area;
}
