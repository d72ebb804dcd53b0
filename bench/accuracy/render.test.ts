import { describe, expect, it } from 'vitest';
import { type AccuracyCase, listCases, toLoad } from './cases.ts';
import { readVegeta } from './clients.ts';
import type { Outcome } from './measure.ts';
import { render } from './render.ts';

function toOutcome(reportedMs: number, trueMs: number, isValid: boolean | null): Outcome {
  const times = (ms: number) => [ms, ms, ms, ms, 10 * ms];
  return {
    comparisons: [{ name: '', against: 'plan', reportedMs: times(reportedMs), trueMs: times(trueMs) }],
    requests: 10_000,
    failures: 0,
    arrived: 9998,
    gaps: { smallestMs: 0.25, largestMs: 2.5, p99OffMs: 0.75 },
    verdict: isValid === null ? null : { valid: isValid, reasons: isValid ? [] : ['It was late.'] },
    serverLateMs: 0.01,
  };
}

const cases = new Map(listCases(10, 12).map((one) => [one.name, one]));
const [constant, stall, slow] = ['constant', 'stall', 'slow'].map((name) => cases.get(name) as AccuracyCase);

describe('what the benchmark of accuracy prints', () => {
  const ours = [toOutcome(12, 10, true), toOutcome(10.5, 10, false), toOutcome(11, 10, true)];
  const text = render(
    new Map([
      [
        constant!,
        new Map([
          ['loadspiker, by rate', ours],
          ['wrk, in loops', [toOutcome(9, 10, null)]],
        ]),
      ],
      [slow!, new Map([['vegeta', [toOutcome(10, 10, null)]]])],
    ]),
    10,
  );

  it('is the truth, and of each client what it said and how wrong that was, in the middle of its rounds', () => {
    expect(text).toMatch(
      /truth by the clock +\| +\| +10\.0 \| +10\.0 \| +10\.0 \| +10\.0 \| +10\.0 \| +10,000 \|/,
    );
    expect(text).toMatch(/loadspiker, by rate +\| +its plan \| +11\.0 \(\+1\.00, \+10 %\) \|/);
    expect(text).toMatch(/\| +110 \(\+10\.0, \+10 %\) \| +10,000 \| +9,998 \|/);
    expect(text).toMatch(/wrk, in loops +\| +its plan \| +9\.00 \(−1\.00, −10 %\) \|/);
  });

  it('is how evenly requests arrived, of those who start by the clock', () => {
    expect(text).toMatch(/1,000\/s, loadspiker, by rate +\| +1\.00 \| +0\.25 \| +2\.50 \| +0\.75 \|/);
    expect(text).toMatch(/20\/s, vegeta +\| +50\.0 \|/);
    expect(text).not.toMatch(/1,000\/s, wrk/);
    // There are too few for percentiles.
    expect(text).not.toContain(slow!.title);
  });

  it('is what our engine says of itself, with its reason', () => {
    expect(text).toContain('- Constant: 10 ms; loadspiker, by rate: INVALID in 1 of 3 (It was late.)');
    expect(text).not.toMatch(/- .*wrk/);
  });

  it('has the truth of a stall by the clock: every fifth of the requests waited', () => {
    const lines = render(new Map([[stall!, new Map([['vegeta', [toOutcome(10, 10, null)]]])]]), 10);
    expect(lines).not.toContain('How evenly');
    expect(lines).toMatch(/truth by the clock +\| +\| +10\.0 \| +1,010 \| +1,910 \| +2,000 \| +2,010 \|/);
  });
});

describe('a load', () => {
  it('has as many users as make its rate, and as many spare ones as a stall needs', () => {
    expect(toLoad(constant!, 'http://here/', 10)).toMatchObject({
      users: 10,
      maxUsers: 200,
      ratePerSecond: 1000,
    });
    expect(toLoad(stall!, 'http://here/', 10)).toMatchObject({ users: 10, maxUsers: 2200 });
  });
});

describe('the reports of vegeta', () => {
  it('are one in JSON, and the p99.9 of the plot', () => {
    const json = {
      requests: 2000,
      status_codes: { 200: 1999 },
      latencies: { '50th': 1e6, '90th': 2e6, '99th': 3e6, max: 5.5e6 },
    };
    const plot =
      'Value(ms)  Percentile  TotalCount  1/(1-Percentile)\n1.0  0.5  1000  2.0\n4.25  0.999  1998  1000.0\n5.5  1.0  2000  10000000.0';
    expect(readVegeta(`${JSON.stringify(json)}\n${plot}\n`)).toEqual({
      requests: 2000,
      failures: 1,
      measures: [{ name: '', against: 'plan', timesMs: [1, 2, 3, 4.25, 5.5] }],
      verdict: null,
    });
  });
});
