import { describe, expect, it } from 'vitest';
import {
  AverageResponseTimeAssertion,
  avgResponseTimeUnder,
  CustomPerformanceAssertion,
  customPerformanceAssertion,
  Engine,
  ErrorRateAssertion,
  errorRateBelow,
  MaxResponseTimeAssertion,
  maxResponseTimeUnder,
  PercentileAssertion,
  PerformanceAssertion,
  PerformanceAssertionGroup,
  type PerformanceMetrics,
  p95ResponseTimeUnder,
  p99ResponseTimeUnder,
  percentileResponseTimeUnder,
  runLoad,
  runPerformanceAssertions,
  SuccessRateAssertion,
  successRateAtLeast,
  ThroughputAssertion,
  TotalRequestsAssertion,
  throughputAtLeast,
  toPerformanceMetrics,
  totalRequestsAtLeast,
} from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

const SLOW: PerformanceMetrics = {
  totalRequests: 10,
  successfulRequests: 7,
  failedRequests: 3,
  requestsPerSecond: 5,
  avgResponseTimeMs: 2000,
  maxResponseTimeUs: 10_000_000,
  p95Us: 9_000_000,
  p99Us: 9_900_000,
};

describe('a performance assertion', () => {
  it.each<[PerformanceAssertion, PerformanceAssertion, string]>([
    [throughputAtLeast(5), throughputAtLeast(10), 'Throughput 5.00 RPS is below minimum 10 RPS'],
    [
      avgResponseTimeUnder(2000),
      avgResponseTimeUnder(1000),
      'Average response time 2000.00ms exceeds limit 1000ms',
    ],
    [errorRateBelow(30), errorRateBelow(5), 'Error rate 30.00% exceeds limit 5%'],
    [successRateAtLeast(70), successRateAtLeast(95), 'Success rate 70.00% is below minimum 95%'],
    [
      maxResponseTimeUnder(10_000),
      maxResponseTimeUnder(1000),
      'Maximum response time 10000.00ms exceeds limit 1000ms',
    ],
    [totalRequestsAtLeast(10), totalRequestsAtLeast(11), 'Total requests 10 is below minimum 11'],
    [
      p95ResponseTimeUnder(9000),
      p95ResponseTimeUnder(500),
      'P95 response time 9000.00ms exceeds limit 500ms',
    ],
    [
      p99ResponseTimeUnder(9900),
      p99ResponseTimeUnder(500),
      'P99 response time 9900.00ms exceeds limit 500ms',
    ],
    [
      customPerformanceAssertion(({ failedRequests }) => failedRequests),
      customPerformanceAssertion(() => 0),
      'Custom performance assertion failed',
    ],
  ])('passes at its limit and says what it measured beyond (%#)', (met, broken, sentence) => {
    expect(met.checkMetrics(SLOW)).toBe(true);
    expect(broken.checkMetrics(SLOW)).toBe(false);
    expect(broken.getMetricsErrorMessage(SLOW)).toBe(sentence);
  });

  it('says its own message instead, where it has one', () => {
    expect(throughputAtLeast(10, 'Too slow').getMetricsErrorMessage(SLOW)).toBe('Too slow');
    expect(customPerformanceAssertion(() => false, 'No').getMetricsErrorMessage({})).toBe('No');
  });

  it('counts what is missing or null as 0, and has nothing against a run without requests', () => {
    for (const metrics of [{}, { totalRequests: null, avgResponseTimeMs: null, requestsPerSecond: null }]) {
      const passing = [
        errorRateBelow(0),
        successRateAtLeast(100),
        avgResponseTimeUnder(0),
        maxResponseTimeUnder(0),
        p95ResponseTimeUnder(0),
      ];
      expect(runPerformanceAssertions(metrics, passing)).toEqual([true, []]);
      expect(
        runPerformanceAssertions(metrics, [throughputAtLeast(1), totalRequestsAtLeast(1)], false),
      ).toEqual([
        false,
        ['Throughput 0.00 RPS is below minimum 1 RPS', 'Total requests 0 is below minimum 1'],
      ]);
    }
  });

  it('can be a class of its own', () => {
    class Quiet extends PerformanceAssertion {
      override checkMetrics({ failedRequests }: PerformanceMetrics): boolean {
        return !failedRequests;
      }
    }
    expect(runPerformanceAssertions(SLOW, [new Quiet()])).toEqual([false, ['Performance assertion failed']]);
    expect(runPerformanceAssertions({}, [new Quiet()])).toEqual([true, []]);
    expect(() => new PerformanceAssertion().checkMetrics({})).toThrow(TypeError);
  });

  it('is not for single responses', () => {
    expect(() => throughputAtLeast(1).check({})).toThrow(
      new TypeError('Use checkMetrics() for performance assertions'),
    );
  });

  it('does not pass where its code throws', () => {
    const assertion = customPerformanceAssertion(() => {
      throw new Error('bug');
    });
    expect(assertion.checkMetrics(SLOW)).toBe(false);
  });

  it('judges any percentile that the metrics hold, and refuses to guess one that they do not', () => {
    const metrics = { percentilesMs: { '50': 3, '99.9': 40, '95': null } };
    expect(percentileResponseTimeUnder(99.9, 39).getMetricsErrorMessage(metrics)).toBe(
      'P99.9 response time 40.00ms exceeds limit 39ms',
    );
    expect(percentileResponseTimeUnder(95, 0).checkMetrics(metrics)).toBe(true);
    expect(() => percentileResponseTimeUnder(90, 1).checkMetrics(metrics)).toThrow(
      new RangeError('expected a percentile that the metrics hold (50, 95, 99.9), got 90'),
    );
  });

  it('comes from its factory as the class of the document', () => {
    expect([
      throughputAtLeast(1) instanceof ThroughputAssertion,
      avgResponseTimeUnder(1) instanceof AverageResponseTimeAssertion,
      errorRateBelow(1) instanceof ErrorRateAssertion,
      successRateAtLeast(1) instanceof SuccessRateAssertion,
      maxResponseTimeUnder(1) instanceof MaxResponseTimeAssertion,
      totalRequestsAtLeast(1) instanceof TotalRequestsAssertion,
      p95ResponseTimeUnder(1) instanceof PercentileAssertion,
      customPerformanceAssertion(() => true) instanceof CustomPerformanceAssertion,
      new ErrorRateAssertion(1) instanceof PerformanceAssertion,
    ]).toEqual(new Array(9).fill(true));
  });

  it.each([
    [() => throughputAtLeast(Number.NaN), 'expected minRps to be a number of 0 or more, got NaN'],
    [() => avgResponseTimeUnder('9' as never), 'expected maxAvgMs to be a number of 0 or more, got 9'],
    [() => errorRateBelow(-1), 'expected maxErrorRate to be a number from 0 to 100, got -1'],
    [() => successRateAtLeast(101), 'expected minSuccessRate to be a number from 0 to 100, got 101'],
  ])('refuses a limit that cannot be meant (%#)', (create, message) => {
    expect(create).toThrow(new RangeError(message));
  });
});

describe('runPerformanceAssertions', () => {
  const assertions = [totalRequestsAtLeast(1), throughputAtLeast(10), errorRateBelow(5)];

  it('stops at the first failure unless told otherwise', () => {
    const [throughput, errors] = [
      'Throughput 5.00 RPS is below minimum 10 RPS',
      'Error rate 30.00% exceeds limit 5%',
    ];
    expect(runPerformanceAssertions(SLOW, assertions)).toEqual([false, [throughput]]);
    expect(runPerformanceAssertions(SLOW, assertions, false)).toEqual([false, [throughput, errors]]);
    expect(runPerformanceAssertions(SLOW, [])).toEqual([true, []]);
  });

  it('judges what an engine measured', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.statusCode = number % 2 === 0 ? 500 : 200;
      response.end();
    });
    const engine = new Engine();
    for (let index = 0; index < 4; index += 1) await engine.executeRequest(server.url);
    const metrics = engine.getMetrics();
    await engine.close();
    const passing = [throughputAtLeast(0.001), avgResponseTimeUnder(60_000), errorRateBelow(50)];
    expect(runPerformanceAssertions(metrics, passing)).toEqual([true, []]);
    expect(runPerformanceAssertions(metrics, [errorRateBelow(49.9), totalRequestsAtLeast(5)], false)).toEqual(
      [false, ['Error rate 50.00% exceeds limit 49.9%', 'Total requests 4 is below minimum 5']],
    );
  });

  it('judges the summary of a run', async () => {
    const server = await startCountingServer();
    const metrics = toPerformanceMetrics(await runLoad({ url: server.url, users: 2, iterations: 20 }));
    expect(metrics).toMatchObject({ totalRequests: 20, successfulRequests: 20, failedRequests: 0 });
    const passing = [
      totalRequestsAtLeast(20),
      successRateAtLeast(100),
      percentileResponseTimeUnder(50, 60_000),
    ];
    expect(runPerformanceAssertions(metrics, passing)).toEqual([true, []]);
    expect(runPerformanceAssertions(metrics, [maxResponseTimeUnder(0)])[0]).toBe(false);
  });
});

describe('PerformanceAssertionGroup', () => {
  it('passes with all of its assertions, or with any', () => {
    const met = totalRequestsAtLeast(1);
    const broken = throughputAtLeast(10);
    const all = new PerformanceAssertionGroup().add(met).add(broken).add(errorRateBelow(5));
    expect(all.checkAllMetrics(SLOW)).toBe(false);
    expect(all.getFailureReport()).toBe(
      'Performance assertion group (AND) failed:\n' +
        '  1. Throughput 5.00 RPS is below minimum 10 RPS\n' +
        '  2. Error rate 30.00% exceeds limit 5%',
    );
    expect([all.logic, all.assertions.length]).toEqual(['AND', 3]);
    const any = new PerformanceAssertionGroup('or').add(broken).add(met);
    expect(any.checkAllMetrics(SLOW)).toBe(true);
    expect(any.failedAssertions).toEqual([[broken, 'Throughput 5.00 RPS is below minimum 10 RPS']]);
    expect(any.getFailureReport()).toBe('');
  });

  it('passes empty as AND, not as OR', () => {
    expect(new PerformanceAssertionGroup('And').checkAllMetrics(SLOW)).toBe(true);
    expect(new PerformanceAssertionGroup('OR').checkAllMetrics(SLOW)).toBe(false);
  });

  it('refuses any other logic, when it is asked', () => {
    const group = new PerformanceAssertionGroup('XOR').add(totalRequestsAtLeast(1));
    expect(() => group.checkAllMetrics(SLOW)).toThrow(new RangeError('Unknown logic operator: XOR'));
  });

  it('forgets an earlier failure', () => {
    const group = new PerformanceAssertionGroup().add(totalRequestsAtLeast(5));
    expect(group.checkAllMetrics({})).toBe(false);
    expect(group.checkAllMetrics(SLOW)).toBe(true);
    expect([group.failedAssertions, group.getFailureReport()]).toEqual([[], '']);
  });
});
