/**
 * A scenario's own metrics for Prometheus, its checks among them: the name is a label, since it may be any text, and
 * the values of all tags are together, so that series stay few.
 */
import type { CustomMetricSummary } from '../../record/custom-metric-summary.ts';
import type { CustomMetrics } from '../../record/custom-metrics.ts';
import { summarizeMetrics } from '../../record/summarize-metrics.ts';
import type { MetricFamily, Sample } from './metric-families.ts';

type Of<Kind extends CustomMetricSummary['kind']> = Extract<CustomMetricSummary, { kind: Kind }>;

export function toCustomFamilies(metrics: CustomMetrics): MetricFamily[] {
  const all = summarizeMetrics(metrics, 0).filter(({ tags }) => Object.keys(tags).length === 0);
  const counters = all.filter((metric): metric is Of<'counter'> => metric.kind === 'counter');
  const gauges = all.filter((metric): metric is Of<'gauge'> => metric.kind === 'gauge');
  const rates = all.filter((metric): metric is Of<'rate'> => metric.kind === 'rate');
  const trends = all.filter((metric): metric is Of<'trend'> => metric.kind === 'trend');
  const hits = rates.map(({ name, hits: value }) => ({ name, value }));
  const totals = rates.map(({ name, total: value }) => ({ name, value }));
  return [
    family(
      'loadspiker_custom_counter_total',
      'counter',
      'Counters of the scenario.',
      counters.map(({ name, sum: value }) => ({ name, value })),
    ),
    family(
      'loadspiker_custom_gauge',
      'gauge',
      'Gauges of the scenario.',
      gauges.map(({ name, last: value }) => ({ name, value })),
    ),
    family(
      'loadspiker_custom_rate_hits_total',
      'counter',
      'Rates of the scenario: what was true. The rate "checks" are those that held.',
      hits,
    ),
    family('loadspiker_custom_rate_values_total', 'counter', 'Rates of the scenario: all values.', totals),
    family(
      'loadspiker_custom_trend_values_total',
      'counter',
      'Trends of the scenario: how many values.',
      trends.map(({ name, count: value }) => ({ name, value })),
    ),
    {
      name: 'loadspiker_custom_trend',
      type: 'gauge',
      help: 'Trends of the scenario: percentiles since the start, in its own unit.',
      samples: trends.flatMap(toQuantiles),
    },
  ];
}

function family(
  name: string,
  type: MetricFamily['type'],
  help: string,
  values: readonly { readonly name: string; readonly value: number | null }[],
): MetricFamily {
  const samples = values.flatMap(({ name: metric, value }): Sample[] =>
    value === null ? [] : [{ name, labels: { metric }, value }],
  );
  return { name, type, help, samples };
}

function toQuantiles({ name: metric, percentiles }: Of<'trend'>): Sample[] {
  return Object.entries(percentiles).flatMap(([percentile, value]) => {
    const quantile = String(Number((Number(percentile) / 100).toFixed(6)));
    return value === null ? [] : [{ name: 'loadspiker_custom_trend', labels: { metric, quantile }, value }];
  });
}
