/**
 * A scenario's own metrics for Prometheus, its checks among them: the name is a label, since it may be any text, and
 * the values of all tags are together, so that series stay few.
 */
import type { CustomMetricSummary } from '../../record/custom-metric-summary.ts';
import type { CustomMetrics } from '../../record/custom-metrics.ts';
import { summarizeMetrics } from '../../record/summarize-metrics.ts';
import type { MetricFamily, Sample } from './metric-families.ts';

type Of<Kind extends CustomMetricSummary['kind']> = Extract<CustomMetricSummary, { kind: Kind }>;

const TREND = 'loadspiker_custom_trend';

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
      'loadspiker_custom_sum_total',
      'counter',
      'Counters of the scenario.',
      counters.map(({ name, sum: value }) => ({ name, value })),
    ),
    family(
      'loadspiker_custom_value',
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
    {
      name: TREND,
      type: 'summary',
      help: 'Trends of the scenario: percentiles since the start, in its own unit.',
      samples: trends.flatMap(toSummary),
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

function toSummary({ name: metric, percentiles, count, average }: Of<'trend'>): Sample[] {
  const quantiles = Object.entries(percentiles).flatMap(([percentile, value]): Sample[] => {
    const quantile = String(Number((Number(percentile) / 100).toFixed(6)));
    return value === null ? [] : [{ name: TREND, labels: { metric, quantile }, value }];
  });
  return [
    ...quantiles,
    { name: `${TREND}_sum`, labels: { metric }, value: (average ?? 0) * count },
    { name: `${TREND}_count`, labels: { metric }, value: count },
  ];
}
