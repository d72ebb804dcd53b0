import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustomMetrics, OTHER_TAGS } from '../../src/record/custom-metrics.ts';
import { summarizeMetrics } from '../../src/record/summarize-metrics.ts';

const KINDS = {
  orders: 'counter',
  basket: 'trend',
  stock: 'gauge',
  found: 'rate',
  constructor: 'counter',
} as const;

const value = fc.record({
  name: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
  value: fc.integer({ min: 0, max: 1000 }),
  tags: fc.constantFrom(undefined, { plan: 'free' }, { plan: 'paid', region: '__proto__' }),
});

function add(
  metrics: CustomMetrics,
  values: readonly { name: keyof typeof KINDS; value: number; tags?: object | undefined }[],
): void {
  for (const one of values) metrics.add(one.name, KINDS[one.name], one.value, one.tags as never);
}

describe('CustomMetrics', () => {
  it('gives the same figures in one as in parts that were merged interval by interval', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 20 }), { maxLength: 6 }), (intervals) => {
        const whole = new CustomMetrics();
        const thread = new CustomMetrics();
        const coordinator = new CustomMetrics();
        for (const [name, kind] of Object.entries(KINDS))
          for (const one of [whole, coordinator]) one.declare(name, kind);
        for (const interval of intervals) {
          add(whole, interval);
          add(thread, interval);
          coordinator.merge(structuredClone(thread.takeDelta()));
        }
        expect(thread.takeDelta()).toEqual([]);
        const sort = (metrics: CustomMetrics) =>
          summarizeMetrics(metrics, 2)
            .map((one) => JSON.stringify(one))
            .sort();
        expect(sort(coordinator)).toEqual(sort(whole));
      }),
    );
  });

  it('sums up each metric with all its values first, then by tags', () => {
    const metrics = new CustomMetrics();
    metrics.add('orders', 'counter', 2);
    metrics.add('orders', 'counter', 3, { plan: 'paid' });
    metrics.add('found', 'rate', 1, { plan: 'free' });
    metrics.add('found', 'rate', 0, { plan: 'free' });
    metrics.add('basket', 'trend', 19.99);
    expect(summarizeMetrics(metrics, 10)).toEqual([
      { name: 'orders', tags: {}, kind: 'counter', sum: 5, perSecond: 0.5 },
      { name: 'orders', tags: { plan: 'paid' }, kind: 'counter', sum: 3, perSecond: 0.3 },
      { name: 'found', tags: {}, kind: 'rate', hits: 1, total: 2, share: 0.5 },
      { name: 'found', tags: { plan: 'free' }, kind: 'rate', hits: 1, total: 2, share: 0.5 },
      {
        name: 'basket',
        tags: {},
        kind: 'trend',
        count: 1,
        min: 19.99,
        average: 19.99,
        max: 19.99,
        percentiles: { '50': 19.99, '75': 19.99, '90': 19.99, '95': 19.99, '99': 19.99, '99.9': 19.99 },
      },
    ]);
  });

  it('shows what was declared and never had a value, without NaN', () => {
    const metrics = new CustomMetrics();
    for (const [name, kind] of Object.entries(KINDS)) metrics.declare(name, kind);
    const summary = summarizeMetrics(metrics, 0);
    expect(summary.map(({ name }) => name)).toEqual(Object.keys(KINDS));
    expect(summary).toMatchObject([
      { sum: 0, perSecond: 0 },
      { count: 0, min: null, average: null },
      { last: null, min: null },
      { share: null, total: 0 },
      {},
    ]);
    expect(JSON.stringify(summary)).not.toContain('NaN');
  });

  it('keeps the last value of a gauge in time, whichever thread reports it first', () => {
    const [early, late, coordinator] = [new CustomMetrics(), new CustomMetrics(), new CustomMetrics()];
    early.add('stock', 'gauge', 5);
    early.add('stock', 'gauge', 7, { shop: 'a' });
    late.add('stock', 'gauge', 3);
    for (const deltas of [late.takeDelta(), early.takeDelta()]) coordinator.merge(deltas);
    expect(summarizeMetrics(coordinator, 1)).toMatchObject([
      { tags: {}, last: 3, min: 3, max: 7 },
      { tags: { shop: 'a' }, last: 7 },
    ]);
  });

  it('counts tags beyond its limit under one set, so that nothing is lost and memory stays bounded', () => {
    const metrics = new CustomMetrics();
    for (let index = 0; index < 5000; index += 1) metrics.add('orders', 'counter', 1, { id: String(index) });
    for (let index = 0; index < 5000; index += 1)
      metrics.add('basket', 'trend', index, { id: String(index) });
    metrics.add('found', 'rate', 1, { id: 'x' });
    const summary = summarizeMetrics(metrics, 1);
    expect(summary.length).toBeLessThan(210);
    expect(summary.find(({ name }) => name === 'orders')).toMatchObject({ tags: {}, sum: 5000 });
    expect(summary.find(({ name, tags }) => name === 'orders' && tags === OTHER_TAGS)).toMatchObject({
      sum: 4900,
    });
    expect(summary.find(({ name }) => name === 'basket')).toMatchObject({ count: 5000, max: 4999 });
    expect(summary.at(-1)).toMatchObject({ name: 'found', tags: { id: 'x' }, hits: 1 });
  });

  it('refuses another kind, values that are none, and counters that shrink', () => {
    const metrics = new CustomMetrics();
    metrics.add('orders', 'counter', 1);
    expect(() => metrics.add('orders', 'trend', 1)).toThrow(
      new TypeError('expected the metric "orders" to be a counter, as before, got a trend'),
    );
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, undefined, '3']) {
      expect(() => metrics.add('basket', 'trend', bad as never)).toThrow(
        new TypeError(`expected a value of the metric "basket" to be a finite number, got ${String(bad)}`),
      );
    }
    expect(() => metrics.add('orders', 'counter', -1)).toThrow(
      new RangeError('expected the counter "orders" to grow by 0 or more, got -1'),
    );
    for (let index = 0; index < 198; index += 1) metrics.declare(`m${index}`, 'gauge');
    expect(() => {
      metrics.declare('last', 'gauge');
      metrics.declare('beyond', 'gauge');
    }).toThrow(new RangeError('expected at most 200 metrics, got "beyond" beyond'));
  });
});
