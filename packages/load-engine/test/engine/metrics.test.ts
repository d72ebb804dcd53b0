import { describe, expect, it } from 'vitest';
import { BusyTime, RunTime } from '../../src/engine/busy-time.ts';
import { toMetrics } from '../../src/engine/metrics.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { startCountingServer } from '../counting-server.ts';
import { createEngine } from './engine.ts';

const NOTHING = {
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

describe('getMetrics', () => {
  it('is all zero at the start', () => {
    expect(createEngine().getMetrics()).toEqual(NOTHING);
  });

  it('counts successes and failures, times of both, and agrees with the results', async () => {
    const server = await startCountingServer((request, response) => {
      response.statusCode = request.url === '/bad' ? 500 : 200;
      response.end();
    });
    const engine = createEngine();
    const results = [];
    for (const path of ['/a', '/bad', '/b', '/c']) {
      results.push(await engine.executeRequest(server.url + path));
    }
    results.push(await engine.executeRequest('http://'));
    const times = results.map(({ responseTimeUs }) => responseTimeUs);
    const sum = times.reduce((all, time) => all + time, 0);
    const metrics = engine.getMetrics();
    expect(metrics).toMatchObject({
      totalRequests: 5,
      successfulRequests: 3,
      failedRequests: 2,
      minResponseTimeUs: Math.min(...times),
      maxResponseTimeUs: Math.max(...times),
      totalResponseTimeUs: sum,
      p95Us: Math.max(...times),
      p99Us: Math.max(...times),
    });
    expect(metrics.avgResponseTimeMs).toBeCloseTo(sum / 5 / 1000, 6);
    expect(metrics.requestsPerSecond).toBeGreaterThan(0);
  });

  it('is zero again after resetMetrics, and counts from there on', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    await engine.executeRequest(server.url);
    engine.resetMetrics();
    expect(engine.getMetrics()).toEqual(NOTHING);
    await engine.executeRequest(server.url);
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 1 });
  });

  it('does not count after a reset what began before it', async () => {
    const held: (() => void)[] = [];
    const server = await startCountingServer((_, response) => held.push(() => response.end()));
    const engine = createEngine();
    const pending = engine.executeRequest(server.url);
    await server.arrived(1);
    engine.resetMetrics();
    for (const answer of held) answer();
    expect(await pending).toMatchObject({ success: true });
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 0, minResponseTimeUs: 0 });
  });

  it('counts every one of many at once', async () => {
    const server = await startCountingServer();
    const engine = createEngine({ maxConnections: 20 });
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, index) => engine.executeRequest(`${server.url}/${index}`)),
    );
    expect(results.every(({ success, body }) => success && body === 'ok')).toBe(true);
    expect(server.counts.size).toBe(500);
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 500, failedRequests: 0 });
  });

  it('F22 gives the percentiles of few samples, never NaN', () => {
    const recorder = new Recorder();
    for (const ms of [3188, 3500, 3800, 3900, 3927]) recorder.step('a').record(200, '', ms, 0, 0);
    expect(toMetrics(recorder, 10)).toMatchObject({
      p95Us: 3_927_000,
      p99Us: 3_927_000,
      requestsPerSecond: 0.5,
    });
    expect(toMetrics(new Recorder(), 0)).toEqual(NOTHING);
  });
});

describe('the time of a rate', () => {
  it('runs from the first request, and stands while nothing is under way', () => {
    const busy = new BusyTime();
    expect(busy.seconds(5000)).toBe(0);
    busy.begin(1000);
    expect(busy.seconds(3000)).toBe(2);
    busy.begin(2000);
    busy.end(4000);
    expect(busy.seconds(5000)).toBe(4);
    busy.end(6000);
    expect(busy.seconds(60_000)).toBe(5);
  });

  it('begins anew at a reset', () => {
    const busy = new BusyTime();
    busy.begin(1000);
    busy.reset(3000);
    expect(busy.seconds(4000)).toBe(1);
    busy.end(4000);
    busy.reset(9000);
    expect(busy.seconds(10_000)).toBe(0);
  });

  it('takes of a run what lies between its first user and its last', () => {
    const busy = new BusyTime();
    const time = new RunTime(busy);
    const now = performance.now();
    time.look(null);
    time.look(500);
    time.look(1000);
    time.measured({ durationMs: 2000 });
    time.stop();
    expect(busy.seconds(now + 100_000)).toBeCloseTo(2, 3);
  });
});
