/** The summaries of custom metrics: each with all its values together, then by tags. */
import type { CustomMetricSummary } from './custom-metric-summary.ts';
import type { CustomMetrics } from './custom-metrics.ts';
import {
  CounterSeries,
  GaugeSeries,
  type MetricKind,
  RateSeries,
  type Series,
  TrendSeries,
} from './metric-series.ts';
import type { Tags } from './step-recorder.ts';
import { ValueSketch } from './value-sketch.ts';

const PERCENTILES = [50, 75, 90, 95, 99, 99.9] as const;
const NO_TAGS: Tags = {};

/** Metrics that were declared stand there without values too. `seconds` is how long the run took. */
export function summarizeMetrics(metrics: CustomMetrics, seconds: number): CustomMetricSummary[] {
  return metrics.names.flatMap((name) => {
    const kind = metrics.kindOf(name) ?? 'counter';
    const series = metrics.seriesOf(name);
    const tagged = series.filter(({ tags }) => Object.keys(tags).length > 0);
    return [
      summarize(name, NO_TAGS, kind, series, seconds),
      ...tagged.map((one) => summarize(name, one.tags, kind, [one], seconds)),
    ];
  });
}

function summarize(
  name: string,
  tags: Tags,
  kind: MetricKind,
  series: readonly Series[],
  seconds: number,
): CustomMetricSummary {
  switch (kind) {
    case 'counter': {
      const sum = sumOf(series);
      return { name, tags, kind, sum, perSecond: seconds > 0 ? sum / seconds : 0 };
    }
    case 'gauge':
      return { name, tags, kind, ...gaugeOf(series) };
    case 'rate':
      return { name, tags, kind, ...rateOf(series) };
    case 'trend':
      return { name, tags, kind, ...trendOf(valuesOf(series)) };
  }
}

/** Of counters together. */
export function sumOf(series: readonly Series[]): number {
  return series.reduce((sum, one) => (one instanceof CounterSeries ? sum + one.sum : sum), 0);
}

/** Of gauges together: the last value in time, and the extremes. */
export function gaugeOf(series: readonly Series[]) {
  const gauges = series.filter((one) => one instanceof GaugeSeries).filter(({ last }) => last !== null);
  const last = GaugeSeries.lastOf(gauges);
  return {
    last,
    min: last === null ? null : Math.min(...gauges.map(({ min }) => min)),
    max: last === null ? null : Math.max(...gauges.map(({ max }) => max)),
  };
}

/** Of rates together. */
export function rateOf(series: readonly Series[]) {
  const rates = series.filter((one) => one instanceof RateSeries);
  const hits = rates.reduce((sum, one) => sum + one.hits, 0);
  const total = rates.reduce((sum, one) => sum + one.total, 0);
  return { hits, total, share: total === 0 ? null : hits / total };
}

/** Of trends together: merged, their percentiles never averaged. */
export function valuesOf(series: readonly Series[]): ValueSketch {
  return ValueSketch.of(series.flatMap((one) => (one instanceof TrendSeries ? [one.values] : [])));
}

function trendOf(values: ValueSketch) {
  const { count, min, average, max } = values;
  const found = values.percentiles(PERCENTILES);
  const percentiles = Object.fromEntries(
    PERCENTILES.map((percentile, index) => [percentile, found[index] ?? null]),
  );
  return { count, min, average, max, percentiles };
}
