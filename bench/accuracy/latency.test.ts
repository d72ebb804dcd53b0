import { Histogram } from '@trafficflux/load-engine';
import { describe, expect, it } from 'vitest';
import { percentile } from '../percentile.ts';
import { answerTimeOf, type LatencyModel, latencyOf, meanLatencyMs } from './latency.ts';

const bimodal: LatencyModel = { kind: 'bimodal', fastMs: 5, slowMs: 55, slowShare: 0.1, seed: 7 };
const logNormal: LatencyModel = { kind: 'log-normal', medianMs: 8, sigma: 0.67, seed: 7 };
const COUNT = 100_000;
const PERCENTS = [50, 90, 99, 99.9, 100];

function drawSorted(model: LatencyModel): Float64Array {
  return Float64Array.from({ length: COUNT }, (_, n) => latencyOf(model, n)).sort();
}

describe('a known latency', () => {
  it('is the same for the nth request, in whatever order it is asked for', () => {
    const forwards = [0, 1, 2, 3].map((n) => latencyOf(logNormal, n));
    const backwards = [3, 2, 1, 0].map((n) => latencyOf(logNormal, n)).reverse();
    expect(backwards).toEqual(forwards);
    expect(new Set(forwards).size).toBe(4);
    expect(latencyOf({ ...logNormal, seed: 8 }, 0)).not.toBe(forwards[0]);
  });

  it('has the same percentiles for a seed on every machine', () => {
    const times = drawSorted(logNormal);
    const found = PERCENTS.map((percent) => percentile(times, percent));
    expect(found.map((ms) => ms.toFixed(6))).toMatchInlineSnapshot(`
      [
        "8.009975",
        "18.930171",
        "38.310225",
        "64.007313",
        "168.518658",
      ]
    `);
    const slow = drawSorted(bimodal).filter((ms) => ms === 55).length;
    expect(slow).toMatchInlineSnapshot(`9858`);
  });

  it('follows its distribution', () => {
    const times = drawSorted(logNormal);
    // The quantiles of the normal distribution.
    for (const [percent, z] of [
      [10, -1.2816],
      [50, 0],
      [90, 1.2816],
      [99, 2.3263],
    ] as const) {
      const expected = 8 * Math.exp(0.67 * z);
      expect(Math.abs(percentile(times, percent) / expected - 1)).toBeLessThan(0.02);
    }
    for (const model of [bimodal, logNormal]) {
      const mean = drawSorted(model).reduce((sum, ms) => sum + ms, 0) / COUNT;
      expect(Math.abs(mean / meanLatencyMs(model) - 1)).toBeLessThan(0.02);
    }
  });

  it.each([bimodal, logNormal, { kind: 'constant', ms: 10 } as const])(
    "is found again in the engine's histogram, to the width of a slot: $kind",
    (model) => {
      const times = drawSorted(model);
      const histogram = new Histogram();
      for (const ms of times) histogram.record(ms);
      expect(histogram.count).toBe(COUNT);
      for (const percent of PERCENTS) {
        const exactUs = Math.round(1000 * percentile(times, percent));
        const foundUs = histogram.percentileUs(percent) ?? Number.NaN;
        expect(foundUs).toBeGreaterThanOrEqual(exactUs);
        expect(foundUs).toBeLessThanOrEqual(exactUs * (1 + 1 / 1024));
      }
    },
  );
});

describe('a stall', () => {
  const behaviour = {
    latency: { kind: 'constant', ms: 10 } as const,
    stall: { afterMs: 1000, durationMs: 2000 },
  };

  it('answers at its end what falls due in it, and nothing else differently', () => {
    const answered = (arrivedMs: number) => answerTimeOf(behaviour, 500, arrivedMs, 0);
    expect([500, 1489, 1490, 2000, 3489, 3490, 4000].map(answered)).toEqual([
      510, 1499, 3500, 3500, 3500, 3500, 4010,
    ]);
  });
});
