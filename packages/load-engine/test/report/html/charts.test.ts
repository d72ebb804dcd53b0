// Charts of figures of every kind: what is drawn is where it belongs, and is drawn at all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonReport, toJsonReport } from '../../../src/index.ts';
import { Recorder } from '../../../src/record/recorder.ts';
import { listCharts, renderBody } from '../../../src/report/html/page/body.ts';
import {
  type Axis,
  createLinearAxis,
  createLogAxis,
  createPercentileAxis,
  createTimeAxis,
  formatElapsed,
} from '../../../src/report/html/page/charts/axis.ts';
import { summarize } from '../../../src/report/summary.ts';
import type { LoadProgress } from '../../../src/run/progress.ts';
import { FACTS } from '../facts.ts';

const LOOK: LoadProgress = {
  elapsedMs: 500,
  pausedMs: 0,
  isPaused: false,
  durationMs: null,
  activeUsers: 1,
  users: 1,
  requests: 1,
  failures: 0,
  requestsPerSecond: 1,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  interval: { requestsPerSecond: 1, failuresPerSecond: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1 },
};

function reportOf(
  timesMs: readonly number[],
  looks: readonly (readonly [number, number | null])[] = [],
): JsonReport {
  const recorder = new Recorder();
  for (const time of timesMs) recorder.step('GET /').record(200, '', time, 50, 500);
  const progress = looks.map(([requestsPerSecond, p99Ms], index) => ({
    ...LOOK,
    elapsedMs: (index + 1) * 500,
    interval: { ...LOOK.interval, requestsPerSecond, p99Ms },
  }));
  return toJsonReport(summarize(recorder, FACTS, []), progress);
}

function chartOf(report: JsonReport, id: string) {
  const chart = listCharts(report, null).find((each) => each.id === id);
  if (!chart) throw new Error(`no chart ${id}`);
  return chart;
}

const times = fc.array(fc.double({ min: 0.001, max: 3_600_000, noNaN: true }), { maxLength: 40 });
const looks = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1e7, noNaN: true }),
    fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  ),
  { maxLength: 40 },
);

describe('an axis', () => {
  const sizes = fc.double({ min: 0, max: 1e7, noNaN: true });
  const axes: [string, fc.Arbitrary<Axis>][] = [
    ['of counts', sizes.map((largest) => createLinearAxis(largest, String))],
    ['of whole numbers', sizes.map((largest) => createLinearAxis(largest, String, 1))],
    ['of time', sizes.map((seconds) => createTimeAxis(seconds))],
    ['of orders of magnitude', fc.tuple(sizes, sizes).map(([low, high]) => createLogAxis(low, high))],
    [
      'of percentiles',
      fc.double({ min: 0, max: 1, noNaN: true }).map((share) => createPercentileAxis(share)),
    ],
  ];

  it.each(axes)('%s has ascending marks that lie on it, and not too many', (_, axis) => {
    fc.assert(
      fc.property(axis, fc.integer({ min: 3, max: 14 }), (each, count) => {
        const places = each.ticks(count).map(({ at }) => each.place(at));
        expect(places).toEqual(places.toSorted((left, right) => left - right));
        for (const place of places) expect(place).toBeGreaterThanOrEqual(-1e-3);
        for (const place of places) expect(place).toBeLessThanOrEqual(1 + 1e-3);
        expect(places.length).toBeLessThanOrEqual(Math.max(count, 9) + 1);
      }),
    );
  });

  it('shows time as a clock does', () => {
    expect([0, 5, 65, 3725, 1.54].map(formatElapsed)).toEqual(['0:00', '0:05', '1:05', '1:02:05', '0:01.5']);
  });
});

describe('the charts of a report', () => {
  it('draw only numbers, whatever was measured, alone and beside another run', () => {
    fc.assert(
      fc.property(times, looks, times, looks, (mine, myLooks, theirs, theirLooks) => {
        const page = renderBody(reportOf(mine, myLooks), reportOf(theirs, theirLooks)).toString();
        expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
      }),
      { numRuns: 40 },
    );
  });

  it('share out all requests over the bars of the distribution', () => {
    fc.assert(
      fc.property(times, (all) => {
        fc.pre(all.length > 0);
        const bars = chartOf(reportOf(all), 'chart-distribution').series[0]?.points ?? [];
        expect(bars.reduce((sum, [, share]) => sum + (share ?? 0), 0)).toBeCloseTo(1, 9);
        expect(bars.length).toBeLessThanOrEqual(65);
      }),
    );
  });

  it('end the percentile curve at the longest time, and let it never fall', () => {
    fc.assert(
      fc.property(times, (all) => {
        fc.pre(all.length > 0);
        const report = reportOf(all);
        const values = (chartOf(report, 'chart-curve').series[0]?.points ?? []).map(([, y]) => y ?? 0);
        expect(values).toEqual(values.toSorted((left, right) => left - right));
        const longest = report.final_metrics.percentiles_ms['100'] ?? 0;
        expect(Math.abs((values.at(-1) ?? 0) - longest)).toBeLessThanOrEqual(longest * 0.002);
      }),
    );
  });

  it('shade the pauses of a run, also one that lasted until its end', () => {
    const report = {
      ...reportOf([1]),
      events: [
        { elapsed_time: 1, kind: 'paused' as const, text: 'Paused.' },
        { elapsed_time: 2, kind: 'scaled' as const, text: 'Scaled.' },
        { elapsed_time: 3, kind: 'resumed' as const, text: 'Resumed.' },
        { elapsed_time: 8, kind: 'paused' as const, text: 'Paused.' },
      ],
    };
    expect(chartOf(report, 'chart-users').pauses).toEqual([
      [1, 3],
      [8, 10],
    ]);
  });
});

describe('the checks of a scenario', () => {
  it('stand in a table of their own, apart from its metrics', () => {
    const check = {
      kind: 'rate',
      name: 'checks',
      tags: { check: 'has a title' },
      hits: 3,
      total: 4,
      share: 0.75,
    } as const;
    const page = renderBody(
      { ...reportOf([1]), custom_metrics: [{ ...check, tags: {} }, check] },
      null,
    ).toString();
    expect(page).toMatch(/<section class="panel" id="checks"[\s\S]*has a title[\s\S]*1 failed[\s\S]*75 %/);
    expect(page).not.toContain('id="metrics"');
  });
});
