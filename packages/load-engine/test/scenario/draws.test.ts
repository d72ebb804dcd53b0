import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/scenario/random.ts';
import { WeightedChoice } from '../../src/scenario/weighted-choice.ts';

/** Shares of the indices over an even grid of draws: exact, where random draws would only be likely. */
function sharesOf(choice: WeightedChoice, count: number, grid: number): number[] {
  const drawn = new Array<number>(count).fill(0);
  for (let step = 0; step < grid; step += 1) {
    const index = choice.draw(() => (step + 0.5) / grid);
    drawn[index] = (drawn[index] ?? 0) + 1;
  }
  return drawn.map((times) => times / grid);
}

describe('WeightedChoice', () => {
  it('draws the tasks of the books scenario 5 : 2 : 1', () => {
    const shares = sharesOf(new WeightedChoice([5, 2, 1]), 3, 96_000);
    expect(shares.map((share) => Number(share.toFixed(3)))).toEqual([0.625, 0.25, 0.125]);
  });

  it('gives every index its share of the weights, whatever they are', () => {
    const weights = fc
      .array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1000, noNaN: true })), {
        minLength: 1,
        maxLength: 12,
      })
      .filter((all) => all.some((weight) => weight > 0));
    fc.assert(
      fc.property(weights, (all) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        sharesOf(new WeightedChoice(all), all.length, 20_000).forEach((share, index) => {
          expect(Math.abs(share - (all[index] ?? 0) / total)).toBeLessThan(0.002);
          if (all[index] === 0) expect(share).toBe(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each([[[]], [[0, 0]], [[-1, 2]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
    'refuses %j',
    (weights) => {
      expect(() => new WeightedChoice(weights)).toThrow(RangeError);
    },
  );
});

describe('createRandom', () => {
  it('repeats for the same seed and stream, and differs between streams and seeds', () => {
    const draw = (seed: number, stream: number): number[] =>
      Array.from({ length: 20 }, createRandom(seed, stream));
    expect(draw(7, 3)).toEqual(draw(7, 3));
    const firsts = new Set(Array.from({ length: 1000 }, (_, stream) => draw(7, stream)[0]));
    expect(firsts.size).toBe(1000);
    expect(draw(8, 3)).not.toEqual(draw(7, 3));
  });

  it('stays in [0, 1) and spreads evenly', () => {
    const random = createRandom(1, 0);
    const tenths = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const value = random();
      expect(value >= 0 && value < 1).toBe(true);
      tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(9_500);
    expect(Math.max(...tenths)).toBeLessThan(10_500);
  });
});
