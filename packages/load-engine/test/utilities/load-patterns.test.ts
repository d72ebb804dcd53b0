import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildPlan,
  constantLoad,
  parseLoadPattern,
  rampUp,
  runLoad,
  spikeTest,
  stressTest,
} from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

describe('rampUp', () => {
  it('ends with the users it was to reach', () => {
    expect([...rampUp(1, 50, 60)]).toEqual([
      ...[1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41].map((users) => [users, 5]),
      [50, 5],
    ]);
  });

  it('keeps seconds that fill no step for a last one', () => {
    expect([...rampUp(1, 10, 12)]).toEqual([
      [1, 5],
      [5, 5],
      [10, 2],
    ]);
  });

  it('is one step where the duration is shorter than a step, and goes down too', () => {
    expect([...rampUp(1, 8, 3)]).toEqual([[8, 3]]);
    expect([...rampUp(10, 0, 4, { stepDuration: 1 })]).toEqual([
      [10, 1],
      [7, 1],
      [5, 1],
      [0, 1],
    ]);
  });

  it('lasts as long as it should, never leaves its ends, and is never turned back', () => {
    const whole = fc.integer({ min: 0, max: 1000 });
    const seconds = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(whole, whole, seconds, seconds, (start, end, duration, stepDuration) => {
        const steps = [...rampUp(start, end, duration, { stepDuration })];
        const users = steps.map(([count]) => count);
        expect(steps.reduce((sum, [, length]) => sum + length, 0)).toBe(duration);
        expect(users.at(-1)).toBe(end);
        expect(users).toEqual([...users].sort((left, right) => (start <= end ? left - right : right - left)));
        expect(users.every((count) => count >= Math.min(start, end) && count <= Math.max(start, end))).toBe(
          true,
        );
      }),
    );
  });
});

describe('the other patterns', () => {
  it('spike between two halves of the base, the second with the odd second', () => {
    expect([...spikeTest(10, 100, 30, 61)]).toEqual([
      [10, 30],
      [100, 30],
      [10, 31],
    ]);
  });

  it('hold a constant load', () => {
    expect([...constantLoad(50, 60)]).toEqual([[50, 60]]);
  });

  it('stress with more users in each step, up to the most', () => {
    expect([...stressTest(35)]).toEqual([
      [10, 30],
      [20, 30],
      [30, 30],
    ]);
    expect([...stressTest(2, { stepSize: 1, stepDuration: 5 })]).toEqual([
      [1, 5],
      [2, 5],
    ]);
  });

  it.each([
    [() => rampUp(-1, 5, 5), 'expected startUsers to be a whole number from 0 on, got -1'],
    [() => rampUp(1, 2.5, 5), 'expected endUsers to be a whole number from 0 on, got 2.5'],
    [() => rampUp(1, 2, 0), 'expected duration to be a number of seconds above 0, got 0'],
    [
      () => rampUp(1, 2, 5, { stepDuration: 0 }),
      'expected stepDuration to be a number of seconds above 0, got 0',
    ],
    [() => constantLoad(Number.NaN, 5), 'expected users to be a whole number from 0 on, got NaN'],
    [() => spikeTest(1, 2, -1, 4), 'expected spikeDuration to be a number of seconds above 0, got -1'],
    [() => stressTest(10, { stepSize: 0 }), 'expected stepSize to be a whole number from 1 on, got 0'],
  ])('refuse values that no load has, before the first step is asked for (%#)', (create, message) => {
    expect(create).toThrow(new RangeError(message));
  });

  it('are what a load takes as its pattern', async () => {
    expect(buildPlan({ pattern: rampUp(0, 10, 10) })).toMatchObject({ users: 10, durationMs: 10_000 });
    const server = await startCountingServer();
    const summary = await runLoad({
      url: server.url,
      pattern: parseLoadPattern('constant:3:1'),
      iterations: 12,
    });
    expect([summary.users, summary.total.requests, server.total()]).toEqual([3, 12, 12]);
  });
});

describe('parseLoadPattern', () => {
  it.each([
    ['constant:100:60', constantLoad(100, 60)],
    ['ramp:10:100:60', rampUp(10, 100, 60)],
    ['RAMP:10:100:60', rampUp(10, 100, 60)],
    ['spike:50:200:30', spikeTest(50, 200, 30, 60)],
    ['spike:50:200:30:90', spikeTest(50, 200, 30, 90)],
    ['stress:40', stressTest(40)],
    ['stress:40:20:5', stressTest(40, { stepSize: 20, stepDuration: 5 })],
  ])('reads %s', (text, pattern) => {
    expect([...parseLoadPattern(text)]).toEqual([...pattern]);
  });

  it.each([
    ['wave:1:2', /^Unknown load pattern type: wave \(known are constant:USERS:SECONDS, ramp:/],
    ['', /^Unknown load pattern type: /],
    ['toString:1:2', /^Unknown load pattern type: tostring/],
    ['constant:5', 'expected a load pattern constant:USERS:SECONDS, all whole numbers, got "constant:5"'],
    ['ramp:1:2:3:4', /^expected a load pattern ramp:START:END:SECONDS, /],
    ['spike:1:2', /^expected a load pattern spike:BASE:SPIKE:SPIKE_SECONDS\[:BASE_SECONDS\], /],
    ['constant:1e3:5', /^expected a load pattern constant:/],
    ['constant:5:0', 'expected duration to be a number of seconds above 0, got 0'],
  ])('refuses %j', (text, message) => {
    expect(() => parseLoadPattern(text)).toThrow(RangeError);
    expect(() => parseLoadPattern(text)).toThrow(message);
  });

  it('reads any text, or refuses it with a RangeError', () => {
    const part = fc.oneof(
      fc.constantFrom('ramp', 'spike', 'constant', 'stress', '5', '0', '-1', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        try {
          parseLoadPattern(parts.join(':'));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
