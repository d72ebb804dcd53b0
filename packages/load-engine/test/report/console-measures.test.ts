import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThresholdResult } from '../../src/checks/threshold-result.ts';
import { CustomMetrics } from '../../src/record/custom-metrics.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { summarizeMetrics } from '../../src/record/summarize-metrics.ts';
import { renderSummary } from '../../src/report/console.ts';
import {
  hasBrokenThresholds,
  hasFailures,
  hasPassed,
  type RunSummary,
  summarize,
} from '../../src/report/summary.ts';
import { FACTS } from './facts.ts';

const PLAIN = { columns: 100, color: false };

function threshold(
  outcome: ThresholdResult['outcome'],
  observed: number | null,
  metric = 'http_reqs',
): ThresholdResult {
  return { metric, expression: 'count>5', outcome, observed, aborted: false };
}

function summaryWith(facts: Partial<RunSummary>, failures = 0): RunSummary {
  const recorder = new Recorder();
  recorder.step('GET /').record(200, '', 1, 0, 0);
  for (let index = 0; index < failures; index += 1) recorder.step('GET /').record(500, 'HTTP 500', 1, 0, 0);
  return summarize(recorder, { ...FACTS, ...facts }, []);
}

describe('the printed summary', () => {
  it('says of each threshold whether it holds, and what was measured', () => {
    const thresholds = [
      threshold('passed', 1234.5678),
      { ...threshold('failed', 0.012345, 'http_req_failed{step:a}'), aborted: true },
      threshold('no-data', null, 'checks'),
    ];
    const text = renderSummary(summaryWith({ thresholds }), PLAIN);
    expect(text).toContain(
      [
        'Thresholds',
        '  ✓ http_reqs: count>5, was 1235',
        '  ✗ http_req_failed{step:a}: count>5, was 0.01235 (it ended the run)',
        '  ✗ checks: count>5, nothing was measured',
        '',
      ].join('\n'),
    );
    expect(text).toContain('✗ failed: 1 requests, 0 failed');
  });

  it('lists checks and metrics', () => {
    const metrics = new CustomMetrics();
    for (let index = 0; index < 2000; index += 1) metrics.add('checks', 'rate', 1, { check: 'has an id' });
    metrics.add('checks', 'rate', 0, { check: 'is fast', group: 'cart' });
    metrics.add('orders', 'counter', 12_345);
    metrics.add('orders', 'counter', 5, { plan: 'paid' });
    metrics.add('stock', 'gauge', -2.5);
    metrics.add('found', 'rate', 1);
    metrics.declare('missing', 'rate');
    metrics.add('basket', 'trend', 19.987654);
    const text = renderSummary(summaryWith({ metrics: summarizeMetrics(metrics, 10) }), PLAIN);
    expect(text).toContain(
      [
        'Checks',
        '  ✓ has an id: 100 % (2,000 of 2,000)',
        '  ✗ is fast{group:cart}: 0 % (0 of 1)',
        '',
        'Metrics',
        '  orders: 12,350, 1,235/s',
        '  orders{plan:paid}: 5, 0.50/s',
        '  stock: -2.5, from -2.5 to -2.5',
        '  found: 100 % (1 of 1)',
        '  missing: – (0 of 0)',
        '  basket: 1 value, min 19.99, average 19.99, p50 19.99, p95 19.99, max 19.99',
        '',
      ].join('\n'),
    );
    expect(renderSummary(summaryWith({}), PLAIN)).not.toMatch(/Thresholds|Checks|Metrics/);
  });

  it('lets no control character of a tag or check reach the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const metrics = new CustomMetrics();
        metrics.add('checks', 'rate', 0, { check: name, group: name });
        metrics.add('orders', 'counter', 1, { plan: name });
        const thresholds = [threshold('failed', 1, `http_reqs{step:${name}}`)];
        const text = renderSummary(summaryWith({ thresholds, metrics: summarizeMetrics(metrics, 1) }), PLAIN);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});

describe('whether a run has passed', () => {
  it('hangs on its thresholds, of which one without data is broken', () => {
    expect(hasPassed(summaryWith({ thresholds: [threshold('passed', 9)] }))).toBe(true);
    for (const outcome of ['failed', 'no-data'] as const) {
      const summary = summaryWith({ thresholds: [threshold('passed', 9), threshold(outcome, null)] });
      expect([hasBrokenThresholds(summary), hasFailures(summary), hasPassed(summary)]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  it('hangs on every failed request, unless a threshold says how many may fail in all', () => {
    expect(hasPassed(summaryWith({}, 1))).toBe(false);
    expect(hasPassed(summaryWith({ thresholds: [threshold('passed', 0.5, 'http_req_failed')] }, 1))).toBe(
      true,
    );
    const ofOneStep = [threshold('passed', 0, 'http_req_failed{step:a}')];
    expect(hasPassed(summaryWith({ thresholds: ofOneStep }, 1))).toBe(false);
  });
});
