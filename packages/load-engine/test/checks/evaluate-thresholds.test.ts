import { describe, expect, it } from 'vitest';
import { evaluateThresholds, ThresholdWatch } from '../../src/checks/evaluate-thresholds.ts';
import { gatherThresholds } from '../../src/checks/gather-thresholds.ts';
import { prepareThresholds } from '../../src/checks/prepare-thresholds.ts';
import type { Thresholds } from '../../src/checks/threshold.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { summarize } from '../../src/report/summary.ts';
import { FACTS } from '../report/facts.ts';

const DECLARED = { orders: 'counter', basket: 'trend', stock: 'gauge', found: 'rate' } as const;

function judge(recorder: Recorder, thresholds: Thresholds, elapsedMs = 10_000) {
  return evaluateThresholds(prepareThresholds(thresholds, DECLARED), recorder, elapsedMs);
}

/** What became of one expression, and the figure it was judged by. */
function outcome(recorder: Recorder, metric: string, expression: string) {
  const [result] = judge(recorder, { [metric]: expression });
  return [result?.outcome, result?.observed];
}

function withTimes(...milliseconds: number[]): Recorder {
  const recorder = new Recorder();
  for (const each of milliseconds) recorder.step('GET /').record(200, '', each, 0, 0);
  return recorder;
}

describe('evaluateThresholds', () => {
  it('F22 judges high percentiles of few samples by the largest of them', () => {
    const recorder = withTimes(3188, 3500, 3800, 3900, 3927);
    for (const percentile of ['p(95)', 'p(99)']) {
      expect(outcome(recorder, 'http_req_duration', `${percentile}<=3927`)).toEqual(['passed', 3927]);
      expect(outcome(recorder, 'http_req_duration', `${percentile}<3927`)).toEqual(['failed', 3927]);
    }
  });

  it('F22 calls a threshold without samples no-data, which is not passed', () => {
    const empty = new Recorder();
    const thresholds: Thresholds = {
      http_req_duration: ['p(95)<300', 'p(95)>0', 'avg<1', 'min<1', 'max<1', 'med!=5'],
      http_req_service: 'max<1',
      http_req_failed: ['rate<1%', 'rate>=0'],
      iteration_duration: 'max<1',
      checks: 'rate>0.9',
      group_duration: 'max<1',
      'http_reqs{step:misspelt}': 'count<5',
      'data_sent{step:misspelt}': 'count<5',
      basket: 'avg<5',
      stock: 'value<5',
      found: 'rate<1',
      'orders{plan:misspelt}': 'count<5',
    };
    const results = judge(empty, thresholds);
    expect(results.map((result) => result.outcome)).toEqual(new Array(18).fill('no-data'));
    expect(JSON.stringify(results)).not.toContain('NaN');
    expect(results[0]).toEqual({
      metric: 'http_req_duration',
      expression: 'p(95)<300',
      outcome: 'no-data',
      observed: null,
      aborted: false,
    });
  });

  it('takes a count of 0 for a figure', () => {
    const empty = new Recorder();
    empty.metrics.declare('orders', 'counter');
    expect(outcome(empty, 'dropped_iterations', 'count==0')).toEqual(['passed', 0]);
    expect(outcome(empty, 'http_reqs', 'count>0')).toEqual(['failed', 0]);
    expect(outcome(empty, 'iterations', 'rate<1')).toEqual(['passed', 0]);
    expect(outcome(empty, 'orders', 'count<1')).toEqual(['passed', 0]);
  });

  it('F23 judges the median by the figure that the summary prints', () => {
    const recorder = withTimes(40);
    expect(outcome(recorder, 'http_req_duration', 'med>39')).toEqual(['passed', 40]);
    expect(outcome(recorder, 'http_req_duration', 'med<30')).toEqual(['failed', 40]);
    for (const times of [[40], [1.5, 2.25, 1000.123], [5, 5, 5, 77_777]]) {
      const { total } = summarize(withTimes(...times), FACTS, []);
      expect(outcome(withTimes(...times), 'http_req_duration', 'med>0')[1]).toBe(total.percentilesMs['50']);
      expect(outcome(withTimes(...times), 'http_req_duration', 'p(99)>0')[1]).toBe(total.percentilesMs['99']);
      expect(outcome(withTimes(...times), 'http_req_duration', 'avg>0')[1]).toBe(total.averageMs);
      expect(outcome(withTimes(...times), 'iteration_duration', 'max>0')[1]).toBe(total.maxMs);
    }
  });

  it('merges the steps of a percentile, and never averages theirs', () => {
    const recorder = withTimes(...new Array(99).fill(10));
    recorder.step('POST /').record(500, 'HTTP 500', 1000, 0, 0);
    expect(outcome(recorder, 'http_req_duration', 'p(99)<11')).toEqual(['passed', 10.007]);
    expect(outcome(recorder, 'http_req_duration', 'p(99.1)<11')).toEqual(['failed', 1000]);
  });

  it('judges response times, service times, rates, counts and bytes', () => {
    const recorder = new Recorder();
    recorder.step('a').record(200, '', 10, 100, 1000, 90);
    recorder.step('a').record(200, '', 20, 100, 1000);
    recorder.step('b').record(503, 'HTTP 503', 30, 100, 0);
    recorder.iterations = 3;
    recorder.starts.dropped = 2;
    recorder.iterationTimes.record(250);
    for (const [metric, expression, observed] of [
      ['http_req_duration', 'max<1s', 100],
      ['http_req_service', 'max<1s', 30],
      ['http_req_failed', 'rate<34%', 1 / 3],
      ['http_reqs', 'count==3', 3],
      ['http_reqs', 'rate==0.3', 0.3],
      ['data_sent', 'count>1', 300],
      ['data_received', 'rate<1000', 200],
      ['iterations', 'count>2', 3],
      ['dropped_iterations', 'count<3', 2],
      ['iteration_duration', 'avg<0.3s', 250],
    ] as const) {
      expect([metric, ...outcome(recorder, metric, expression)]).toEqual([metric, 'passed', observed]);
    }
  });

  it('limits a threshold to steps, tags, groups, statuses and outcomes', () => {
    const recorder = new Recorder();
    recorder.step('login', { group: 'shop::account', scenario: 'a' }).record(200, '', 1, 7, 0);
    recorder.step('login', { plan: 'free' }).record(401, 'HTTP 401', 2, 0, 0);
    recorder.step('GET /books/{id}').record(200, '', 4, 0, 0);
    for (const [metric, observed] of [
      ['http_req_duration{step:login}', 2],
      ['http_req_duration{name:login}', 2],
      ['http_req_duration{step:login,status:200}', 1],
      ['http_req_duration{step:login,failed:true}', 2],
      ['http_req_duration{expected_response:true}', 4],
      ['http_req_duration{group:::shop::account}', 1],
      ['http_req_duration{group:shop::account}', 1],
      ['http_req_duration{scenario:a}', 1],
      ['http_req_duration{plan:free}', 2],
      ['http_req_duration{step:GET /books/{id}}', 4],
      ['http_req_duration{plan:paid}', null],
      ['http_req_duration{toString:x}', null],
    ] as const) {
      expect([metric, outcome(recorder, metric, 'max<9')[1]]).toEqual([metric, observed]);
    }
    expect(outcome(recorder, 'http_req_failed{step:login}', 'rate<0.6')).toEqual(['passed', 0.5]);
    expect(outcome(recorder, 'data_sent{scenario:a}', 'count>0')).toEqual(['passed', 7]);
  });

  it('compares shares as they are written: 99.9 % is 999 of 1,000', () => {
    const recorder = new Recorder();
    for (let index = 0; index < 1000; index += 1) {
      recorder.metrics.add('checks', 'rate', index === 0 ? 0 : 1, { check: 'ok' });
    }
    expect(outcome(recorder, 'checks', 'rate>=99.9%')).toEqual(['passed', 0.999]);
    expect(outcome(recorder, 'checks{check:ok}', 'rate==99.9%')).toEqual(['passed', 0.999]);
    expect(outcome(recorder, 'checks{check:other}', 'rate>0')).toEqual(['no-data', null]);
  });

  it('judges what a scenario counts itself', () => {
    const { metrics, ...rest } = new Recorder();
    metrics.add('orders', 'counter', 3, { plan: 'free' });
    metrics.add('orders', 'counter', 4);
    metrics.add('basket', 'trend', -1.5);
    metrics.add('basket', 'trend', 19.99);
    metrics.add('stock', 'gauge', 9);
    metrics.add('stock', 'gauge', 2);
    metrics.add('group_duration', 'trend', 120, { group: 'login' });
    const recorder = Object.assign(new Recorder(), rest, { metrics });
    for (const [metric, expression, observed] of [
      ['orders', 'count>=7', 7],
      ['orders', 'rate<1', 0.7],
      ['orders{plan:free}', 'count==3', 3],
      ['basket', 'min<0', -1.5],
      ['basket', 'p(99)==19.99', 19.99],
      ['basket', 'avg<10', 9.245],
      ['stock', 'value<=2', 2],
      ['group_duration{group:login}', 'p(95)<0.2s', 120],
    ] as const) {
      expect([metric, ...outcome(recorder, metric, expression)]).toEqual([metric, 'passed', observed]);
    }
  });
});

describe('ThresholdWatch', () => {
  const slow = withTimes(500);

  it('ends a run that breaks a threshold, once its grace is over, and says why', () => {
    const watch = new ThresholdWatch(
      prepareThresholds({
        http_req_duration: ['max<300', { threshold: 'p(95)<400', abortOnFail: true, delayAbortEval: '10s' }],
      }),
    );
    expect(watch.look(slow, 9_999)).toBe(null);
    expect(watch.look(slow, 10_000)).toBe('Aborted: http_req_duration: p(95)<400, was 500.');
    expect(watch.look(slow, 10_500)).toBe(null);
    const calm = withTimes(500, ...new Array(999).fill(1));
    expect(watch.results(calm, 10_600)).toMatchObject([
      { expression: 'max<300', outcome: 'failed', aborted: false },
      { expression: 'p(95)<400', outcome: 'failed', observed: 500, aborted: true },
    ]);
  });

  it('lets a run go on that has no data yet, holds, or may still reach its count', () => {
    const abort = (threshold: string) => ({ threshold, abortOnFail: true });
    const watch = new ThresholdWatch(
      prepareThresholds({
        'http_req_duration{step:later}': abort('max<1'),
        http_req_duration: abort('max<=500'),
        http_reqs: [abort('count>1000'), abort('count>=2'), abort('count==7')],
      }),
    );
    expect(watch.look(slow, 60_000)).toBe(null);
    expect(watch.results(slow, 60_000).map(({ outcome: each, aborted }) => [each, aborted])).toEqual([
      ['no-data', false],
      ['passed', false],
      ['failed', false],
      ['failed', false],
      ['failed', false],
    ]);
  });

  it('ends a run whose count has become too large', () => {
    const watch = new ThresholdWatch(
      prepareThresholds({ http_reqs: { threshold: 'count<1', abortOnFail: true } }),
    );
    expect(watch.look(slow, 0)).toBe('Aborted: http_reqs: count<1, was 1.');
  });
});

describe('gatherThresholds', () => {
  const shop = {
    metrics: { orders: 'counter' },
    thresholds: { http_reqs: 'count>1', orders: 'count>1' },
  } as const;

  it('joins those of the run and of its only scenario as they are written', () => {
    const { thresholds, metrics } = gatherThresholds({ orders: 'rate>1' }, [{ name: '', scenario: shop }]);
    expect(thresholds.map(({ metric, text }) => `${metric} ${text}`)).toEqual([
      'orders rate>1',
      'http_reqs count>1',
      'orders count>1',
    ]);
    expect(metrics).toEqual({ orders: 'counter' });
  });

  it('limits those of one scenario among several to what is its own', () => {
    const own = {
      thresholds: { 'http_reqs{step:a}': 'count>1', iterations: 'count>1', 'checks{scenario:x}': 'rate>0' },
    };
    const { thresholds } = gatherThresholds({ http_reqs: 'rate>1' }, [
      { name: 'shop', scenario: shop },
      { name: 'a}b', scenario: own },
      { name: 'url', scenario: null },
    ]);
    expect(thresholds.map(({ metric }) => metric)).toEqual([
      'http_reqs',
      'http_reqs{scenario:shop}',
      'orders{scenario:shop}',
      'http_reqs{step:a,scenario:"a}b"}',
      'iterations{scenario:"a}b"}',
      'checks{scenario:x}',
    ]);
    expect(thresholds[3]?.tags).toEqual({ step: 'a', scenario: 'a}b' });
  });

  it('refuses scenarios that mean different things by one name, and metrics that nobody has', () => {
    const other = { metrics: { orders: 'trend' } } as const;
    const owners = [shop, other].map((scenario, index) => ({ name: `s${index}`, scenario }));
    expect(() => gatherThresholds(undefined, owners)).toThrow(
      new RangeError('expected the scenarios to agree on the metric "orders", got a counter and a trend'),
    );
    expect(() => gatherThresholds({ orders: 'count>1' }, [{ name: '', scenario: null }])).toThrow(
      'which is no metric of the engine or the scenario: it declares none',
    );
  });
});
