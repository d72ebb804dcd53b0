import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../src/record/recorder.ts';
import { renderSummary } from '../../src/report/console.ts';
import { formatBytes, formatCount, formatMs, formatPercent, formatRate } from '../../src/report/format.ts';
import { renderFrame, renderLine } from '../../src/report/live.ts';
import { type RunSummary, summarize } from '../../src/report/summary.ts';
import { listWarnings } from '../../src/report/warnings.ts';
import { FACTS } from './facts.ts';

function summaryOf(
  requests: readonly (readonly [step: string, failure: string, durationMs: number])[],
): RunSummary {
  const recorder = new Recorder();
  for (const [step, failure, durationMs] of requests)
    recorder.step(step).record(failure ? 500 : 200, failure, durationMs, 50, 500);
  return summarize(recorder, FACTS, []);
}

describe('the printed summary', () => {
  it('shows a line per step and one for all, with all percentiles, within 80 columns', () => {
    const summary = summaryOf([
      ['GET /books?author_id=1', '', 1.234],
      ['GET /books?author_id=1', '', 12_345],
      ['POST /auth/login and a very long name after it that has to be wrapped', '', 250],
    ]);
    const lines = renderSummary(summary, { columns: 80, color: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContainEqual(expect.stringMatching(/^Aggregated +3 +0 +0\.30 +1\.23 +4199 +12345$/));
    expect(lines).toContainEqual(expect.stringMatching(/^GET +1\.23 +12345 +12345 .* 12345$/));
    expect(lines.join('\n')).toContain(
      '100 users, 2 threads, 0 connections opened, 150 B sent, 1.5 KB received',
    );
  });

  it('puts each name on one line where there is room', () => {
    const wide = renderSummary(summaryOf([['GET /authors/{id}/books of a name with 44 signs', '', 1]]), {
      columns: 150,
      color: false,
    });
    expect(wide).toContain('GET /authors/{id}/books of a name with 44 signs');
  });

  it('lets no control character of a server or scenario reach the terminal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary', minLength: 1 }),
        (name, message) => {
          const text = renderSummary(summaryOf([[name, message, 1]]), { columns: 80, color: false });
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
        },
      ),
    );
  });

  it('paints only when it may', () => {
    const summary = summaryOf([['a', 'HTTP 500', 1]]);
    const painted = renderSummary(summary, { columns: 80, color: true });
    expect(painted).toContain('\u001b[31m');
    expect(stripVTControlCharacters(painted)).toBe(renderSummary(summary, { columns: 80, color: false }));
  });

  it('says what is known of a run without a request', () => {
    const summary = summarize(new Recorder(), FACTS, listWarnings(new Recorder(), FACTS, false));
    const text = renderSummary(summary, { columns: 80, color: false });
    expect(text).toMatch(/Aggregated +0 +0 +0\.00 +– +– +–/);
    expect(text).toContain('Warning: No request was finished.');
  });
});

describe('warnings', () => {
  it('names the generator as the bottleneck when its event loop was busy or late', () => {
    const generator = {
      ...FACTS.generator,
      threads: 1,
      utilization: 0.99,
      loopDelayP99Ms: 35,
      loopDelayMaxMs: 80,
    };
    const warnings = listWarnings(new Recorder(), { ...FACTS, generator }, false);
    expect(warnings).toContainEqual(
      expect.stringContaining('The generator was busy 99 % of the time on its one thread'),
    );
    expect(warnings).toContainEqual(expect.stringContaining('up to 35.0 ms late'));
  });
});

describe('live figures', () => {
  const progress = {
    elapsedMs: 42_000,
    pausedMs: 0,
    isPaused: false,
    durationMs: 300_000,
    activeUsers: 100,
    users: 100,
    requests: 52_345,
    failures: 3,
    requestsPerSecond: 1234.5,
    p50Ms: 1.234,
    p95Ms: 45.67,
    p99Ms: null,
    interval: { requestsPerSecond: 1200, failuresPerSecond: 0, p50Ms: 1.2, p95Ms: 45, p99Ms: null },
  };

  it('draws a frame that fits the terminal, with what is left of the run', () => {
    for (const columns of [40, 80, 150]) {
      const lines = renderFrame(progress, 'shop on http://localhost:5000: 100 users', columns).split('\n');
      expect(lines).toHaveLength(4);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
    const frame = renderFrame(progress, 'shop', 80);
    expect(frame).toContain('0:42 of 5:00, 4:18 left');
    expect(frame).toContain('users 100/100   1,235 requests/s   52,345 requests   3 failed');
    expect(frame).toContain('p50 1.23   p95 45.7   p99 –');
    expect(renderFrame({ ...progress, pausedMs: 2000, isPaused: true }, 'shop', 80)).toContain(
      '0:42, paused',
    );
    expect(renderFrame({ ...progress, pausedMs: 2000 }, 'shop', 80)).toContain('0:42 of 5:00, 4:20 left');
    expect(renderFrame({ ...progress, durationMs: null }, 'shop', 80)).toContain('0:42, until Ctrl-C');
  });

  it('writes a plain line elsewhere', () => {
    expect(renderLine(progress)).toBe(
      '  0:42  100 users  1,235 requests/s  52,345 requests  3 failed  p50 1.23 ms  p95 45.7 ms  p99 – ms',
    );
  });
});

describe('figures', () => {
  it.each([
    [null, '–'],
    [0, '0.000'],
    [0.0462, '0.046'],
    [0.9996, '1.00'],
    [1.234, '1.23'],
    [9.996, '10.0'],
    [99.96, '100'],
    [12_345.6, '12346'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(formatMs(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.000001, '< 0.01 %'],
    [0.125, '12.5 %'],
    [0.999999, '99.99 %'],
    [1, '100 %'],
  ])('shows a share of %d as %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  it('groups counts, and gives rates and bytes three digits', () => {
    expect([formatCount(12_345), formatRate(0.25), formatRate(45.67), formatRate(12_345)]).toEqual([
      '12,345',
      '0.25',
      '45.7',
      '12,345',
    ]);
    expect([formatBytes(0), formatBytes(999), formatBytes(1500), formatBytes(3.21e9)]).toEqual([
      '0 B',
      '999 B',
      '1.5 KB',
      '3.21 GB',
    ]);
  });
});
