import { describe, expect, it } from 'vitest';
import type { Violation } from '../invariants/violation.ts';
import { checkMemory } from './memory.ts';
import { percentile } from './percentile.ts';
import { formatHeading, formatSeed, formatSummary, formatViolations } from './report.ts';
import type { SeedResult } from './seed.ts';

const violation: Violation = { invariant: 'dense', campaignId: 'session_7', sentence: 'A gap.' };
const toResult = (change: Partial<SeedResult> = {}): SeedResult => ({
  seed: 4,
  faults: 'ten-kills',
  campaigns: 2,
  entries: 612,
  missed: 40,
  recoveries: [],
  seconds: 11.24,
  apiBytes: 1e8,
  violations: [],
  ...change,
});
const kills = (...times: number[]) => times.map((ms) => ({ after: 'kill', ms }) as const);

describe('the report of a series', () => {
  it('has a line for each seed, in columns', () => {
    const line = formatSeed(toResult({ recoveries: kills(800, 1250) }));
    expect(line).toMatch(/^ {4}4 {2}ten-kills +2 +612 +40 +2 +1\.25 s +11\.2 s +ok$/);
    expect(formatHeading().indexOf('faults')).toBe(line.indexOf('ten-kills'));
    expect(formatSeed(toResult({ violations: [violation] }))).toMatch(/1 VIOLATIONS$/);
  });

  it('names each violation, the seed, the commit, and the command that has it again', () => {
    expect(formatViolations(4, [violation], 'off', 'abc')).toBe(
      [
        '  2 sequences are dense and unique: session_7: A gap.',
        '  SEED=4 SHA=abc',
        '  npm run chaos -- --seed 4 --queue off',
      ].join('\n'),
    );
  });

  it('ends with the times of recovery, and with the number of runs and violations', () => {
    const results = [toResult({ recoveries: kills(700, 900) }), toResult({ recoveries: kills(1100) })];
    const summary = formatSummary(results, []);
    expect(summary).toContain('kill -9 to the next entry: n=3, p50 0.90 s, p95 1.10 s, max 1.10 s\n');
    expect(summary).toContain('freeze to the next entry: not measured');
    expect(summary.split('\n').at(-1)).toBe('2 runs, 0 violations');
    expect(formatSummary([toResult({ violations: [violation] })], [violation])).toMatch(
      /1 runs, 2 violations$/,
    );
  });

  it('says when a recovery took longer than is promised', () => {
    expect(formatSummary([toResult({ recoveries: kills(5001) })], [])).toMatch(/more than the 5 s and 10 s/);
  });
});

describe('a percentile', () => {
  it('is a value that was measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.95, 1].map((share) => percentile(values, share))).toEqual([50, 95, 100]);
    expect(percentile([3], 0.95)).toBe(3);
  });
});

describe('the check of memory', () => {
  const mib = (count: number) => count * 1024 * 1024;

  it('finds a process that grows from seed to seed', () => {
    const growing = Array.from({ length: 25 }, (_, index) => mib(100 + 20 * index));
    expect(checkMemory(growing)[0]?.sentence).toMatch(/has grown by \d+ MiB/);
  });

  it('finds nothing in one that grows until it is warm, or whose memory comes and goes', () => {
    const steady = Array.from({ length: 25 }, (_, index) =>
      mib(index < 5 ? 60 + 40 * index : 250 + (index % 3) * 60),
    );
    expect(checkMemory(steady)).toEqual([]);
    expect(checkMemory([mib(100), mib(900)])).toEqual([]);
  });
});
