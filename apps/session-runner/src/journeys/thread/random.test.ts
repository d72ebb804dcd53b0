import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

function draw(seed: number, stream: number): number[] {
  const random = createRandom(seed, stream);
  return Array.from({ length: 1_000 }, random);
}

describe('seeded numbers', () => {
  it('repeat for a seed and a journey, and differ between them', () => {
    expect(draw(7, 1)).toEqual(draw(7, 1));
    expect(draw(7, 1)).not.toEqual(draw(7, 2));
    expect(draw(7, 1)).not.toEqual(draw(8, 1));
  });

  it('lie in [0, 1), spread evenly', () => {
    const numbers = draw(7, 1);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});
