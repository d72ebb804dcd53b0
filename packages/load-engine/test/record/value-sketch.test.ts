import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueSketch } from '../../src/record/value-sketch.ts';

function sketchOf(values: readonly number[]): ValueSketch {
  const sketch = new ValueSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** The value of rank ceil(n × p / 100), the plain way. */
function exact(values: readonly number[], percentile: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(1, Math.ceil((percentile * sorted.length) / 100 - 1e-9)) - 1] ?? Number.NaN;
}

const PERCENTILES = [0, 1, 50, 90, 99, 100];
const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: 0, max: 100, noNaN: true }),
);

describe('ValueSketch', () => {
  it('keeps few values exactly: fractions, negative numbers, zero', () => {
    const sketch = sketchOf([19.99, -3.5, 0, 0.001, 19.99, 1e12]);
    expect(sketch.percentiles([0, 20, 50, 80, 100])).toEqual([-3.5, 0, 0.001, 19.99, 1e12]);
    expect([sketch.count, sketch.min, sketch.max]).toEqual([6, -3.5, 1e12]);
    expect(sketchOf([40]).percentile(50)).toBe(40);
    expect(sketchOf([-0, 0]).percentiles([0, 100])).toEqual([0, 0]);
  });

  it('is at most 1/1,024 off, and never names a value that did not come', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 300 }), (values) => {
        const found = sketchOf(values).percentiles(PERCENTILES);
        const came = new Set(values.map((value) => value + 0));
        for (const [index, percentile] of PERCENTILES.entries()) {
          const right = exact(values, percentile);
          const value = found[index] ?? Number.NaN;
          expect(came.has(value)).toBe(true);
          expect(Math.abs(value - right)).toBeLessThanOrEqual(
            Math.abs(right) / 1024 + Number.MIN_VALUE * 2 ** 42,
          );
        }
      }),
    );
  });

  it('is the same whatever way the values came to it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyValue, { maxLength: 50 }), { maxLength: 6 }), (intervals) => {
        const whole = sketchOf(intervals.flat());
        const thread = new ValueSketch();
        const merged = new ValueSketch();
        const parts = intervals.map(sketchOf);
        for (const interval of intervals) {
          for (const value of interval) thread.add(value);
          merged.merge(structuredClone(thread.takeDelta()));
        }
        for (const other of [merged, ValueSketch.of(parts)]) {
          expect(other.percentiles(PERCENTILES)).toEqual(whole.percentiles(PERCENTILES));
          expect([other.count, other.min, other.max]).toEqual([whole.count, whole.min, whole.max]);
        }
        expect(thread.count).toBe(0);
      }),
    );
  });

  it('holds values of all sizes and both signs in bounded memory, whatever order they come in', () => {
    const values: number[] = [];
    for (let exponent = -300; exponent < 300; exponent += 1) {
      for (let step = 0; step < 60; step += 1)
        values.push((1 + step / 60) * 10 ** exponent, -(1 + step / 60) * 10 ** exponent);
    }
    const sketch = sketchOf(values);
    const backwards = sketchOf([...values].reverse());
    expect(backwards.percentiles(PERCENTILES)).toEqual(sketch.percentiles(PERCENTILES));
    const { slots } = sketch.takeDelta();
    expect(slots.length / 3).toBeLessThanOrEqual(5120);
    expect(slots.length / 3).toBeGreaterThan(1000);
    expect(backwards.percentile(75) ?? 0).toBeGreaterThanOrEqual(exact(values, 75));
  });

  it('keeps 1/256 for values that spread over six powers of ten', () => {
    const values = Array.from({ length: 50_000 }, (_, index) => 10 ** ((index * 6) / 50_000));
    const sketch = sketchOf(values);
    for (const percentile of [1, 50, 95, 99.9]) {
      const right = exact(values, percentile);
      const value = sketch.percentile(percentile) ?? 0;
      expect(value >= right && value <= right * (1 + 1 / 256)).toBe(true);
    }
    expect(sketch.average).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 3);
  });

  it('says null, never NaN, without values', () => {
    const { min, max, average, count } = new ValueSketch();
    expect([min, max, average, count]).toEqual([null, null, null, 0]);
    expect(new ValueSketch().percentiles([50, 99])).toEqual([null, null]);
  });
});
