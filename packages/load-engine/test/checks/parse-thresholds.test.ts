import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareThresholds } from '../../src/checks/prepare-thresholds.ts';
import { joinThresholds, parseThresholdText } from '../../src/checks/threshold-text.ts';

const DECLARED = { orders: 'counter', basket: 'trend', stock: 'gauge', found: 'rate' } as const;

function read(metric: string, expression: string) {
  const [threshold] = prepareThresholds({ [metric]: [expression] }, DECLARED);
  if (threshold === undefined) throw new Error('none');
  const { name, tags, aggregate, operator, limit } = threshold;
  return { name, tags, aggregate, operator, limit };
}

describe('a threshold', () => {
  it.each([
    [
      'http_req_duration',
      'p(95)<300',
      { aggregate: { of: 'percentile', percentile: 95 }, operator: '<', limit: 300 },
    ],
    [
      'http_req_duration',
      ' p( 99.9 ) <= 1.5s ',
      { aggregate: { of: 'percentile', percentile: 99.9 }, operator: '<=', limit: 1500 },
    ],
    ['http_req_service', 'avg<=200ms', { aggregate: { of: 'avg' }, operator: '<=', limit: 200 }],
    ['iteration_duration', 'med>=0.1', { aggregate: { of: 'med' }, operator: '>=', limit: 0.1 }],
    ['group_duration', 'MAX<1S', { aggregate: { of: 'max' }, operator: '<', limit: 1000 }],
    ['http_req_failed', 'rate<0.01', { aggregate: { of: 'rate' }, operator: '<', limit: 0.01 }],
    ['checks', 'rate>=99.9%', { aggregate: { of: 'rate' }, operator: '>=', limit: 0.999 }],
    ['http_reqs', 'count>100', { aggregate: { of: 'count' }, operator: '>', limit: 100 }],
    ['http_reqs', 'rate>1e3', { aggregate: { of: 'rate' }, operator: '>', limit: 1000 }],
    ['dropped_iterations', 'count===0', { aggregate: { of: 'count' }, operator: '==', limit: 0 }],
    ['stock', 'value!=-5.5', { aggregate: { of: 'value' }, operator: '!=', limit: -5.5 }],
    ['basket', 'min>0.01', { aggregate: { of: 'min' }, operator: '>', limit: 0.01 }],
  ])('on %s reads %s', (metric, text, expected) => {
    expect(read(metric, text)).toEqual({ name: metric, tags: {}, ...expected });
  });

  it.each([
    ['http_req_duration{step:login}', { step: 'login' }],
    [
      'http_req_duration { step : GET /books/{id} , scenario:shop }',
      { step: 'GET /books/{id}', scenario: 'shop' },
    ],
    ['http_req_duration{step:GET http://h:80/x}', { step: 'GET http://h:80/x' }],
    [`http_req_duration{step:"a, b}",group:'x'}`, { step: 'a, b}', group: 'x' }],
    [`http_req_duration{step:don't}`, { step: "don't" }],
    ['http_req_duration{group:::shop::cart}', { group: '::shop::cart' }],
    ['http_req_duration{__proto__:x}', Object.fromEntries([['__proto__', 'x']])],
  ])('is limited as %s says', (metric, tags) => {
    expect(read(metric, 'max<1').tags).toEqual(tags);
  });

  it.each([
    ['http_req_duration', 'p95<300', 'write p(95) instead of p95'],
    ['http_req_duration', 'p(101)<300', 'expected a percentile from p(0) to p(100)'],
    ['http_req_duration', 'p<300', 'expected a percentile from p(0) to p(100)'],
    ['http_req_duration', 'avg(3)<300', 'only p takes a number in brackets, not avg'],
    ['http_req_duration', 'median<300', 'write med, as k6 does'],
    ['http_req_duration', 'average<300', 'write avg, as k6 does'],
    ['http_req_duration', 'p(95)=300', 'write == to compare'],
    ['http_req_duration', 'p(95)=<300', 'write <= instead of =<'],
    ['http_req_duration', 'p(95)<300us', 'expected a number with ms, s, % or nothing behind it, not "300us"'],
    ['http_req_duration', 'p(95)<', 'expected a number with ms, s, % or nothing behind it, not ""'],
    ['http_req_duration', 'p(95)', 'expected something like p(95)<300'],
    ['http_req_duration', 'p(95)<300<400', 'expected something like p(95)<300'],
    ['http_req_duration', '', 'expected something like p(95)<300'],
    [
      'http_req_duration',
      'count>5',
      'http_req_duration is a trend: it has avg, min, max, med, p(N), not count',
    ],
    ['http_req_duration', 'avg<5%', 'http_req_duration is no share, so % means nothing for it'],
    ['http_req_failed', 'rate<5ms', 'http_req_failed is no time, so ms means nothing for it'],
    ['http_req_failed', 'count<5', 'http_req_failed is a rate: it has rate, not count'],
    ['orders', 'p(95)<5', 'orders is a counter: it has count, rate, not p(N)'],
    ['orders', 'rate<5%', 'orders is no share'],
    [
      'visits',
      'count<5',
      '"visits", which is no metric of the engine or the scenario: it declares orders, basket',
    ],
    ['http_req_durations', 'avg<5', 'the engine has no metric "http_req_durations"'],
    ['http_req_waiting', 'avg<5', 'the engine has no metric "http_req_waiting"'],
    ['no name', 'avg<5', 'expected the name of a metric, of letters, digits and _'],
    ['', 'avg<5', 'expected the name of a metric'],
    ['http_reqs{step:a', 'count>5', 'its { is never closed'],
    ['http_reqs{step:a}b', 'count>5', 'nothing may follow its }'],
    ['http_reqs{step}', 'count>5', 'expected tag:value in the braces'],
    ['http_reqs{}', 'count>5', 'expected tag:value in the braces'],
    ['http_reqs{step:a,step:b}', 'count>5', 'it names a tag twice'],
    ['iterations{step:a}', 'count>5', 'iterations is counted by scenario, so step cannot limit it'],
    ['data_sent{status:200}', 'count>5', 'data_sent is counted by step, so status cannot limit it'],
  ])('on %s refuses %s', (metric, text, reason) => {
    expect(() => read(metric, text)).toThrow(RangeError);
    expect(() => read(metric, text)).toThrow(reason);
  });

  it('takes the options of k6', () => {
    const options = { threshold: 'p(95)<300', abortOnFail: true, delayAbortEval: '1m30s' };
    expect(prepareThresholds({ http_req_duration: options })).toMatchObject([
      { metric: 'http_req_duration', text: 'p(95)<300', abortOnFail: true, delayAbortEvalMs: 90_000 },
    ]);
    expect(
      prepareThresholds({ http_reqs: ['rate>1', { threshold: 'count>2', delayAbortEval: 500 }] }),
    ).toMatchObject([
      { abortOnFail: false, delayAbortEvalMs: 0 },
      { text: 'count>2', abortOnFail: false, delayAbortEvalMs: 500 },
    ]);
  });

  it.each([
    [{ http_reqs: [] }, 'expected at least one threshold on http_reqs, got none'],
    [{ http_reqs: 5 }, 'expected a threshold on http_reqs to be a text'],
    [{ http_reqs: [null] }, 'expected a threshold on http_reqs to be a text'],
    [{ http_reqs: { threshold: 'count>1', abortOnFail: 'yes' } }, 'to be true or false, got yes'],
    [
      { http_reqs: { threshold: 'count>1', delayAbortEval: -1 } },
      `to be a time such as '10s', or milliseconds`,
    ],
    [{ http_reqs: { threshold: 'count>1', delayAbortEval: 'soon' } }, 'expected a time such as 300s'],
    [['count>1'], 'expected thresholds by metric'],
    [null, 'expected thresholds by metric'],
  ])('refuses %j', (thresholds, reason) => {
    expect(() => prepareThresholds(thresholds as never)).toThrow(reason);
  });
});

describe('a threshold as one text', () => {
  it.each([
    ['http_reqs:count>5', { http_reqs: ['count>5'] }],
    [
      'http_req_duration{step:GET /a:b}: p(95)<300, max < 2s , abort after 10s',
      {
        'http_req_duration{step:GET /a:b}': [
          { threshold: 'p(95)<300', abortOnFail: true, delayAbortEval: 10_000 },
          { threshold: 'max < 2s', abortOnFail: true, delayAbortEval: 10_000 },
        ],
      },
    ],
    ['checks: rate>99%, abort', { checks: [{ threshold: 'rate>99%', abortOnFail: true }] }],
  ])('reads %s', (text, thresholds) => {
    expect(parseThresholdText(text)).toEqual(thresholds);
  });

  it.each([
    ['p(95)<300', 'expected a metric, a colon and what is asked of it'],
    ['http_reqs: abort', 'expected what is asked, and "abort" at the end'],
    ['http_reqs: abort, count>5', '"abort" at the end or not at all'],
    ['http_reqs: count>5, abort, abort', '"abort" at the end or not at all'],
    ['http_reqs: count>5, abort after lunch', 'expected a time such as 300s'],
    ['http_reqs: count>5,', 'expected something like p(95)<300'],
    ['http_reqs: count>5; abort', 'expected a number'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseThresholdText(text)).toThrow(RangeError);
    expect(() => parseThresholdText(text)).toThrow(reason);
  });

  it('is joined with others on the same metric', () => {
    expect(joinThresholds({ http_reqs: 'count>1' }, { http_reqs: ['rate>1'], checks: 'rate>0.5' })).toEqual({
      http_reqs: ['count>1', 'rate>1'],
      checks: ['rate>0.5'],
    });
  });

  it('is read or refused with a sentence, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          'http_reqs',
          'http_req_duration',
          '{step:',
          '}',
          ':',
          ',',
          '"',
          "'",
          ' ',
          'p(95)',
          'avg',
          'count',
          'rate',
        ],
        ...['<', '>=', '===', '300', '1e9', 'ms', '%', 'abort', 'after', '10s', '(', ')', '-', '.'],
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          const thresholds = parseThresholdText(pieces.join(''));
          expect(Object.values(thresholds).flat().length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message.length).toBeGreaterThan(20);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('comes back as what was written, for any tag in quotes and any limit', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => !text.includes('"') && text.trim() === text);
    const limit = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((one) => Math.abs(one) < 1e100 && (one === 0 || Math.abs(one) > 1e-90));
    const sign = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
    fc.assert(
      fc.property(
        value,
        limit,
        sign,
        fc.double({ min: 0, max: 100, noNaN: true }),
        (step, bound, operator, percentile) => {
          const percent = Number(percentile.toFixed(4));
          const text = `http_req_duration{step:"${step}"}: p(${percent})${operator}${bound}`;
          const [threshold] = prepareThresholds(parseThresholdText(text));
          expect(threshold).toMatchObject({ tags: { step }, operator, limit: bound === 0 ? 0 : bound });
          expect(threshold?.aggregate).toEqual({ of: 'percentile', percentile: percent });
        },
      ),
    );
  });
});
