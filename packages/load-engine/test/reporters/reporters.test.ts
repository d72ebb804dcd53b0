import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BaseReporter,
  ConsoleReporter,
  defineScenario,
  Engine,
  type EngineMetrics,
  HTMLReporter,
  JSONReporter,
  MultiReporter,
} from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

const METRICS: EngineMetrics = {
  totalRequests: 200,
  successfulRequests: 186,
  failedRequests: 14,
  requestsPerSecond: 50.25,
  avgResponseTimeMs: 12.5,
  minResponseTimeUs: 900,
  maxResponseTimeUs: 81_000,
  totalResponseTimeUs: 2_500_000,
  p95Us: 40_000,
  p99Us: 75_000,
};
const NOTHING: EngineMetrics = {
  totalRequests: 0,
  successfulRequests: 0,
  failedRequests: 0,
  requestsPerSecond: 0,
  avgResponseTimeMs: 0,
  minResponseTimeUs: 0,
  maxResponseTimeUs: 0,
  totalResponseTimeUs: 0,
  p95Us: 0,
  p99Us: 0,
};

async function makePlace(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reporters-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

function collect() {
  const parts: string[] = [];
  return { write: (text: string) => parts.push(text), text: () => parts.join('') };
}

/** What somebody reads of a page. */
async function readBody(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
}

describe('ConsoleReporter', () => {
  it('prints totals, rates, times and a status', () => {
    const output = collect();
    const reporter = new ConsoleReporter(true, 10, output);
    reporter.startReporting();
    reporter.endReporting();
    reporter.reportMetrics(METRICS);
    for (const line of [
      /^Total requests: +200$/m,
      /^Successful: +186$/m,
      /^Failed: +14$/m,
      /^Success rate: +93 %$/m,
      /^Requests per second: +50\.3$/m,
      /^Average: +12\.5 ms$/m,
      /^Minimum: +0\.900 ms$/m,
      /^Maximum: +81\.0 ms$/m,
      /^P95: +40\.0 ms$/m,
      /^P99: +75\.0 ms$/m,
      /^Status: +GOOD$/m,
    ]) {
      expect(output.text()).toMatch(line);
    }
  });

  it.each([
    [100, 'EXCELLENT'],
    [95, 'EXCELLENT'],
    [94.5, 'GOOD'],
    [90, 'GOOD'],
    [89.5, 'FAIR'],
    [80, 'FAIR'],
    [79.5, 'POOR'],
    [0, 'POOR'],
  ])('calls a success rate of %d percent %s', (percent, status) => {
    const output = collect();
    new ConsoleReporter(true, 10, output).reportMetrics({
      totalRequests: 1000,
      failedRequests: 1000 - percent * 10,
    });
    expect(output.text()).toContain(` ${status}\n`);
  });

  it('shows progress at its interval only, and not at all if told so', () => {
    const output = collect();
    const reporter = new ConsoleReporter(true, 10, output);
    reporter.startReporting();
    for (const elapsed of [1, 9.9, 10, 10.5, 19.9, 20.2, 21]) reporter.reportProgress(elapsed, METRICS);
    expect(output.text().match(/^\d+ s/gm)).toEqual(['10 s', '20 s']);
    const silent = collect();
    new ConsoleReporter(false, 0, silent).reportProgress(100, METRICS);
    expect(silent.text()).toBe('');
  });

  it('prints no time where nothing was measured (F22)', () => {
    const output = collect();
    const reporter = new ConsoleReporter(true, 0, output);
    for (const metrics of [NOTHING, {}]) {
      reporter.reportProgress(1, metrics);
      reporter.reportMetrics(metrics);
    }
    expect(output.text()).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(output.text()).toMatch(/^P99: +– ms$/m);
  });

  it('refuses an interval that is none', () => {
    expect(() => new ConsoleReporter(true, Number.NaN)).toThrow(RangeError);
  });
});

describe('JSONReporter', () => {
  it('writes the documented keys: what the test was, its progress, its final metrics', async () => {
    const file = await makePlace('report.json');
    const reporter = new JSONReporter(file);
    reporter.startReporting();
    reporter.reportProgress(1, METRICS);
    reporter.endReporting();
    reporter.reportMetrics(METRICS);
    const figures = {
      total_requests: 200,
      successful_requests: 186,
      failed_requests: 14,
      requests_per_second: 50.25,
      avg_response_time_ms: 12.5,
      min_response_time_us: 900,
      max_response_time_us: 81_000,
      total_response_time_us: 2_500_000,
      p95_us: 40_000,
      p99_us: 75_000,
    };
    const report = JSON.parse(await readFile(file, 'utf8'));
    expect(report).toEqual({
      test_info: {
        start_time: new Date(report.test_info.start_timestamp * 1000).toISOString(),
        start_timestamp: expect.any(Number),
        end_time: new Date(report.test_info.end_timestamp * 1000).toISOString(),
        end_timestamp: expect.any(Number),
        duration_seconds: expect.any(Number),
      },
      progress: [{ elapsed_time: 1, timestamp: expect.any(Number), metrics: figures }],
      final_metrics: figures,
    });
    expect(await readdir(join(file, '..'))).toEqual(['report.json']);
  });

  it('has null where nothing was measured (F22)', async () => {
    const file = await makePlace('report.json');
    const reporter = new JSONReporter(file);
    reporter.reportMetrics(NOTHING);
    const { final_metrics: metrics } = JSON.parse(await readFile(file, 'utf8'));
    expect(metrics).toMatchObject({
      total_requests: 0,
      p95_us: null,
      min_response_time_us: null,
      avg_response_time_ms: null,
    });
  });

  it('keeps its memory whatever the length of a test', async () => {
    const file = await makePlace('report.json');
    const reporter = new JSONReporter(file);
    for (let second = 1; second <= 5000; second += 1) reporter.reportProgress(second, METRICS);
    reporter.endReporting();
    const { progress } = JSON.parse(await readFile(file, 'utf8'));
    expect(progress.length).toBeGreaterThan(250);
    expect(progress.length).toBeLessThanOrEqual(600);
  });

  it('refuses a file without a place before any test', () => {
    expect(() => new JSONReporter('/nowhere/report.json')).toThrow(
      expect.objectContaining({ code: 'report-unwritable' }),
    );
    expect(() => new JSONReporter('')).toThrow(TypeError);
  });
});

describe('HTMLReporter', () => {
  it('writes one file with the figures and charts, before the end of the reporting and after', async () => {
    const file = await makePlace('report.html');
    const reporter = new HTMLReporter(file);
    reporter.startReporting();
    for (const second of [1, 2, 3])
      reporter.reportProgress(second, { ...METRICS, totalRequests: second * 60 });
    reporter.reportMetrics(METRICS);
    const early = await readBody(file);
    reporter.endReporting();
    const page = await readBody(file);
    for (const text of [early, page]) {
      expect(text).toMatch(/<title>Load Test Report/);
      expect(text).toContain('<svg');
      expect(text).toContain('200');
      expect(text).not.toMatch(/NaN|undefined/);
    }
  });

  it('works without any figure', async () => {
    const file = await makePlace('report.html');
    const reporter = new HTMLReporter(file);
    reporter.endReporting();
    expect(await readBody(file)).not.toMatch(/NaN|undefined/);
    reporter.reportMetrics(NOTHING);
    expect(await readBody(file)).not.toMatch(/NaN|undefined/);
  });
});

describe('MultiReporter', () => {
  it('tells all, also after one that throws, and then throws its error', () => {
    const output = collect();
    class Broken extends BaseReporter {
      override reportMetrics(): void {
        throw new Error('no paper');
      }
    }
    const reporter = new MultiReporter([new Broken(), new ConsoleReporter(true, 10, output)]);
    reporter.startReporting();
    expect(() => reporter.reportMetrics(METRICS)).toThrow('no paper');
    expect(output.text()).toContain('Total requests:');
    expect(() => new MultiReporter([new Broken(), new Broken()]).reportMetrics(METRICS)).toThrow(
      AggregateError,
    );
  });

  it('waits for reporters that answer with a promise', async () => {
    const told: string[] = [];
    class Slow extends BaseReporter {
      override async endReporting(): Promise<void> {
        await Promise.resolve();
        told.push('slow');
        throw new Error('too slow');
      }
    }
    await expect(new MultiReporter([new Slow(), new BaseReporter()]).endReporting()).rejects.toThrow(
      'too slow',
    );
    expect(told).toEqual(['slow']);
  });

  it('refuses what is no reporter', () => {
    expect(() => new MultiReporter([{} as BaseReporter])).toThrow(TypeError);
  });
});

it('an engine drives them through a run', async () => {
  const server = await startCountingServer();
  const [json, html] = [await makePlace('a.json'), await makePlace('a.html')];
  const output = collect();
  const engine = new Engine();
  onTestFinished(() => engine.close());
  const scenario = defineScenario({
    name: 'one',
    tasks: [{ name: 'get', run: async (user) => void (await user.get('/')) }],
  });
  const reporters = [
    new MultiReporter([new ConsoleReporter(true, 0, output), new JSONReporter(json)]),
    new HTMLReporter(html),
  ];
  await engine.runScenario(scenario, { host: server.url, users: 2, duration: 1, reporters });
  const report = JSON.parse(await readFile(json, 'utf8'));
  expect(report.final_metrics.total_requests).toBe(server.total());
  expect(report.progress.length).toBeGreaterThan(0);
  expect(output.text()).toMatch(
    new RegExp(`^Total requests: +${server.total().toLocaleString('en-US')}$`, 'm'),
  );
  expect(await readBody(html)).toContain('Load Test Report');
});
