import { describe, expect, it } from 'vitest';
import { Recorder } from '../../src/record/recorder.ts';
import { ProgressLog } from '../../src/run/progress.ts';

const FACTS = { pausedMs: 0, isPaused: false, durationMs: null, activeUsers: 1, users: 1 };

describe('looks at a run', () => {
  it('say what happened since the one before, beside what happened since the start', () => {
    const recorder = new Recorder();
    const log = new ProgressLog();
    const step = recorder.step('a');
    for (let count = 0; count < 100; count += 1) step.record(200, '', 10, 0, 0);
    log.take(recorder, { ...FACTS, elapsedMs: 500 });
    for (let count = 0; count < 50; count += 1) step.record(500, 'HTTP 500', 80, 0, 0);
    const look = log.take(recorder, { ...FACTS, elapsedMs: 1000 });
    expect(look).toMatchObject({ requests: 150, failures: 50, p50Ms: expect.closeTo(10, 1) });
    expect(look.interval).toEqual({
      requestsPerSecond: 100,
      failuresPerSecond: 100,
      p50Ms: expect.closeTo(80, 0),
      p95Ms: expect.closeTo(80, 0),
      p99Ms: expect.closeTo(80, 0),
    });
    expect(log.take(recorder, { ...FACTS, elapsedMs: 1500 }).interval).toMatchObject({
      requestsPerSecond: 0,
      p50Ms: null,
    });
  });

  it('take what comes within a moment together with the look before, so that no rate jumps at the end', () => {
    const recorder = new Recorder();
    const log = new ProgressLog();
    const step = recorder.step('a');
    for (let second = 1; second <= 3; second += 1) {
      for (let count = 0; count < 50; count += 1) step.record(200, '', 10, 0, 0);
      log.take(recorder, { ...FACTS, elapsedMs: second * 500 });
    }
    for (let count = 0; count < 50; count += 1) step.record(200, '', 10, 0, 0);
    const last = log.take(recorder, { ...FACTS, elapsedMs: 1501 });
    expect(last.interval.requestsPerSecond).toBeCloseTo(100 / 0.501, 0);
  });

  it('are at most 600, evenly spread', () => {
    const log = new ProgressLog();
    const recorder = new Recorder();
    for (let look = 1; look <= 5000; look += 1) log.take(recorder, { ...FACTS, elapsedMs: look * 500 });
    const times = log.points.map(({ elapsedMs }) => elapsedMs);
    expect(times.length).toBeLessThanOrEqual(600);
    expect(times.length).toBeGreaterThan(250);
    const gaps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    expect(gaps.size).toBe(1);
  });
});
