import fc from 'fast-check';
import { decodeFromCompressedBase64, HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { HIGHEST_US, Histogram } from '../../../src/record/histogram.ts';
import { encodeHistogram } from '../../../src/report/files/hdr-encoding.ts';
import { toHdrLog } from '../../../src/report/files/hdr-log.ts';
import { toHgrm } from '../../../src/report/files/hgrm.ts';

/** Slots of 64 bits, since those of 32 wrap around. */
const BITS = 64;
const STARTED_AT = Date.parse('2026-01-01T00:00:00.250Z');

const times = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 3000 }),
    fc.integer({ min: 0, max: HIGHEST_US }),
    fc.constantFrom(2047, 2048, 4095, 4096),
  ),
  { maxLength: 300 },
);

function histogramOf(us: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const each of us) histogram.recordUs(each);
  return histogram;
}

describe('the HDR log', () => {
  it('is read by another implementation: the same counts and percentiles', () => {
    fc.assert(
      fc.property(times, (us) => {
        const ours = histogramOf(us);
        const theirs = decodeFromCompressedBase64(encodeHistogram(ours), BITS);
        expect(theirs.totalCount).toBe(us.length);
        for (const percentile of us.length > 0 ? [50, 90, 99, 99.9] : []) {
          const value = ours.percentileUs(percentile) ?? 0;
          // Ours is never above the exact maximum, theirs is the edge of its slot.
          expect(theirs.getValueAtPercentile(percentile)).toBeGreaterThanOrEqual(value);
          expect(theirs.getValueAtPercentile(percentile)).toBeLessThanOrEqual(value * (1 + 1 / 1024));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps counts beyond 32 bits', () => {
    const ours = new Histogram();
    ours.recordUs(1500);
    for (let doubled = 0; doubled < 40; doubled += 1) ours.merge(Histogram.fromBuffer(ours.toBuffer()));
    expect(decodeFromCompressedBase64(encodeHistogram(ours), BITS).totalCount).toBe(2 ** 40);
  });

  it('has its start, and a line per interval and tag', () => {
    const log = toHdrLog(STARTED_AT, [
      { startMs: 0, lengthMs: 500, times: histogramOf([1000, 3000]) },
      { startMs: 0, lengthMs: 500, tag: 'GET /a, and\nmore', times: histogramOf([3000]) },
      { startMs: 500, lengthMs: 500, times: histogramOf([]) },
    ]);
    expect(log).toMatch(/^#\[Histogram log format version 1\.3\]$/m);
    const reader = new HistogramLogReader(log, BITS);
    const read = [1, 2, 3, 4].map(() => reader.nextIntervalHistogram());
    expect(
      read.map((one) => one && [one.startTimeStampMsec, one.endTimeStampMsec, one.tag, one.totalCount]),
    ).toEqual([
      [STARTED_AT, STARTED_AT + 500, 'NO TAG', 2],
      [STARTED_AT, STARTED_AT + 500, 'GET_/a_and_more', 1],
      [STARTED_AT + 500, STARTED_AT + 1000, 'NO TAG', 0],
      null,
    ]);
    expect(log).toMatch(/^0\.000,0\.500,3\.000,/m);
  });
});

describe('the percentile distribution text', () => {
  it('is what another implementation prints of the same counts', () => {
    fc.assert(
      fc.property(times, (us) => {
        const ours = histogramOf(us);
        const theirs = decodeFromCompressedBase64(encodeHistogram(ours), BITS);
        expect(toHgrm(ours)).toBe(theirs.outputPercentileDistribution(5, 1000));
      }),
      { numRuns: 50 },
    );
  });
});
