import fc from 'fast-check';
import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { HIGHEST_US, Histogram } from '../../src/record/histogram.ts';

const microseconds = fc.oneof(
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: HIGHEST_US }),
  fc.integer({ min: 0, max: 31 }).map((power) => Math.min(HIGHEST_US, 2 ** power)),
);
const samples = fc.array(microseconds, { minLength: 1, maxLength: 300 });
const percentiles = fc.double({ min: 0, max: 100, noNaN: true });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.recordUs(value);
  return histogram;
}

/** The sample of rank ceil(n × p / 100), computed in whole numbers for percentiles of two decimals. */
function exactPercentile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = Math.max(1, Number((BigInt(hundredths) * BigInt(sorted.length) + 9999n) / 10_000n));
  return sorted[rank - 1] ?? Number.NaN;
}

describe('Histogram', () => {
  it('finds every percentile within a thousandth above the exact sample, and never above the maximum', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 10_000 }), (values, hundredths) => {
        const found = histogramOf(values).percentileUs(hundredths / 100) ?? Number.NaN;
        const exact = exactPercentile(values, hundredths);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(Math.min(Math.max(...values), exact + exact / 1024));
      }),
    );
  });

  it('counts, sums and bounds exactly', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = histogramOf(values);
        expect(histogram.count).toBe(values.length);
        expect(histogram.sumUs).toBe(values.reduce((sum, value) => sum + value, 0));
        expect(histogram.minUs).toBe(Math.min(...values));
        expect(histogram.maxUs).toBe(Math.max(...values));
        expect(histogram.percentileUs(100)).toBe(Math.max(...values));
      }),
    );
  });

  it('agrees with HdrHistogram at three digits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const ours = histogramOf(values);
          const theirs = build({
            lowestDiscernibleValue: 1,
            highestTrackableValue: HIGHEST_US,
            numberOfSignificantValueDigits: 3,
          });
          for (const value of values) theirs.recordValue(value);
          for (const percentile of [50, 66, 75, 80, 90, 95, 98, 99]) {
            expect(ours.percentileUs(percentile)).toBe(
              Math.min(Math.max(...values), theirs.getValueAtPercentile(percentile)),
            );
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('says the same merged as recorded in one, in either order and through a buffer', () => {
    fc.assert(
      fc.property(samples, samples, percentiles, (left, right, percentile) => {
        const whole = histogramOf([...left, ...right]);
        const merged = histogramOf(left);
        merged.merge(histogramOf(right));
        const throughBuffers = Histogram.fromBuffer(histogramOf(right).toBuffer());
        throughBuffers.mergeBuffer(histogramOf(left).toBuffer());
        for (const histogram of [merged, throughBuffers]) {
          expect(histogram.percentileUs(percentile)).toBe(whole.percentileUs(percentile));
          expect([histogram.count, histogram.sumUs, histogram.minUs, histogram.maxUs]).toEqual([
            whole.count,
            whole.sumUs,
            whole.minUs,
            whole.maxUs,
          ]);
        }
      }),
    );
  });

  it('F22 answers p95 and p99 of five samples with the largest, and of none with null', () => {
    const histogram = histogramOf([3188, 3500, 3800, 3900, 3927].map((milliseconds) => milliseconds * 1000));
    expect(histogram.percentilesUs([95, 99])).toEqual([3_927_000, 3_927_000]);
    const empty = new Histogram();
    expect(empty.percentilesUs([50, 95, 99, 100])).toEqual([null, null, null, null]);
    expect([empty.minUs, empty.meanUs, empty.maxUs]).toEqual([null, null, null]);
    expect(JSON.stringify(empty.percentilesUs([99]))).toBe('[null]');
  });

  it('answers every percentile of one sample with that sample', () => {
    fc.assert(
      fc.property(microseconds, percentiles, (value, percentile) => {
        expect(histogramOf([value]).percentileUs(percentile)).toBe(value);
      }),
    );
  });

  it('finds the 9,999th of 10,000 samples at 99.99 %', () => {
    const histogram = histogramOf(Array.from({ length: 10_000 }, (_, index) => (index < 9999 ? 10 : 2000)));
    expect(histogram.percentilesUs([99.99, 100])).toEqual([10, 2000]);
  });

  it('takes what is no time as 0, and what is longer than an hour as its own maximum', () => {
    const histogram = histogramOf([-5, Number.NaN, 2 * HIGHEST_US]);
    expect(histogram.minUs).toBe(0);
    expect(histogram.percentileUs(50)).toBe(0);
    expect(histogram.percentileUs(100)).toBe(2 * HIGHEST_US);
  });

  it('rounds milliseconds to whole microseconds', () => {
    const histogram = new Histogram();
    histogram.record(1.2345678);
    expect(histogram.maxUs).toBe(1235);
  });

  it('allocates pages only where it has counts, and no more than 192 KB for everything', () => {
    const histogram = new Histogram();
    expect(histogram.byteLength).toBe(0);
    histogram.recordUs(100);
    histogram.recordUs(900);
    expect(histogram.byteLength).toBe(8192);
    for (let value = 1; value <= HIGHEST_US; value *= 1.0005) histogram.recordUs(Math.floor(value));
    const full = histogram.byteLength;
    for (let value = 1; value <= HIGHEST_US; value *= 1.001) histogram.recordUs(Math.floor(value));
    expect(histogram.byteLength).toBe(full);
    expect(full).toBeLessThanOrEqual(192 * 1024);
  });

  it('forgets its counts and keeps its pages when cleared, and sends no empty page', () => {
    const histogram = histogramOf([5, 5000, 5_000_000]);
    const before = histogram.byteLength;
    histogram.clear();
    expect([histogram.count, histogram.percentileUs(50), histogram.byteLength]).toEqual([0, null, before]);
    expect(histogram.toBuffer().byteLength).toBe(40);
    histogram.recordUs(7);
    expect(histogram.percentileUs(99)).toBe(7);
  });

  it('counts beyond 32 bits', () => {
    const histogram = histogramOf([10]);
    for (let doubling = 0; doubling < 34; doubling += 1) histogram.mergeBuffer(histogram.toBuffer());
    histogram.recordUs(20);
    expect(histogram.count).toBe(2 ** 34 + 1);
    expect(histogram.percentilesUs([99.99, 100])).toEqual([10, 20]);
  });
});
