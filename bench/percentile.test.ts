import { describe, expect, it } from 'vitest';
import { percentile } from './percentile.ts';

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  it('is the smallest value that so many do not exceed', () => {
    expect([0, 1, 50, 99, 99.5, 100].map((percent) => percentile(hundred, percent))).toEqual([
      1, 1, 50, 99, 100, 100,
    ]);
    expect(percentile([7], 99)).toBe(7);
    expect(percentile(Float64Array.of(1, 2, 3), 50)).toBe(2);
  });

  it('has the exact rank where floating point would miss it', () => {
    const many = Float64Array.from({ length: 10_000 }, (_, index) => index + 1);
    expect([99.9, 99.99].map((percent) => percentile(many, percent))).toEqual([9990, 9999]);
  });

  it('of nothing is not defined', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});
