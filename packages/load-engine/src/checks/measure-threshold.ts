/** The figure that a threshold is judged by: exactly what the summary shows for the same part of the run. */
import {
  CHECKS,
  DROPPED_ITERATIONS,
  GROUP_DURATION,
  ITERATION_DURATION,
  ITERATIONS,
} from '../record/custom-metrics.ts';
import { Histogram } from '../record/histogram.ts';
import type { MetricKind } from '../record/metric-series.ts';
import type { Tags } from '../record/step-recorder.ts';
import { gaugeOf, rateOf, sumOf, valuesOf } from '../record/summarize-metrics.ts';
import type { ValueSketch } from '../record/value-sketch.ts';
import type { Aggregate } from './parse-expression.ts';
import type { Threshold } from './threshold.ts';
import { isOwnMetric, type OwnMetric } from './threshold-metrics.ts';
import type { MeasuredOutcome, MeasuredStep, ThresholdSource } from './threshold-source.ts';

/** Of the metric of a threshold, in its unit: null where nothing was measured. `seconds` is how long the run takes. */
export function measure(threshold: Threshold, source: ThresholdSource, seconds: number): number | null {
  const { name, tags, aggregate } = threshold;
  if (!isOwnMetric(name) || name === CHECKS || name === GROUP_DURATION) {
    return measureCustom(name, tags, aggregate, source, seconds);
  }
  // Of several loads, those in code count their iterations apart; those of a plain request are its requests.
  const isApart =
    (name === DROPPED_ITERATIONS && hasAny(tags)) ||
    ((name === ITERATIONS || name === ITERATION_DURATION) && countsIterations(source, tags));
  if (isApart) return measureCustom(name, tags, aggregate, source, seconds);
  const perSecond = aggregate.of === 'rate';
  return measureOwn(name, select(source.steps, tags), { aggregate, source, tags, toFigure });

  function toFigure(count: number): number | null {
    if (!perSecond) return count;
    return seconds > 0 ? count / seconds : null;
  }
}

interface Asked {
  readonly aggregate: Aggregate;
  readonly source: ThresholdSource;
  readonly tags: Tags;
  /** A count as it is, or per second. */
  readonly toFigure: (count: number) => number | null;
}

function measureOwn(
  name: Exclude<OwnMetric, 'checks' | 'group_duration'>,
  selected: readonly Selected[],
  { aggregate, source, tags, toFigure }: Asked,
): number | null {
  const outcomes = selected.flatMap((one) => one.outcomes);
  switch (name) {
    case 'http_req_duration':
      return ofTimes(merge(outcomes.map(({ times }) => times)), aggregate);
    case 'http_req_service':
      return ofTimes(merge(outcomes.map(({ service }) => service)), aggregate);
    case 'http_req_failed': {
      const all = countOf(outcomes);
      return all === 0 ? null : countOf(outcomes.filter(({ failed }) => failed)) / all;
    }
    // A count of 0 is a figure, but for tags that nothing had: these may be misspelt.
    case 'http_reqs':
      return outcomes.length === 0 && hasAny(tags) ? null : toFigure(countOf(outcomes));
    case 'data_sent':
      return selected.length === 0 && hasAny(tags) ? null : toFigure(sum(selected, 'bytesSent'));
    case 'data_received':
      return selected.length === 0 && hasAny(tags) ? null : toFigure(sum(selected, 'bytesReceived'));
    case 'iteration_duration': {
      // Iterations of a plain request are its requests.
      const { iterationTimes } = source;
      if (hasAny(tags)) return ofTimes(merge(outcomes.map(({ times }) => times)), aggregate);
      return ofTimes(
        iterationTimes.count > 0 ? iterationTimes : merge(outcomes.map(({ times }) => times)),
        aggregate,
      );
    }
    case 'iterations':
      if (hasAny(tags)) return outcomes.length === 0 ? null : toFigure(countOf(outcomes));
      return toFigure(source.iterations);
    case 'dropped_iterations':
      return toFigure(source.starts.dropped);
  }
}

/** What of a step fits the tags. */
interface Selected extends Omit<MeasuredStep, 'outcomes'> {
  readonly outcomes: readonly MeasuredOutcome[];
}

/** `step` (or `name`), `status`, `failed` and k6's `expected_response` are known of each request; the rest are its tags. */
function select(steps: readonly MeasuredStep[], tags: Tags): Selected[] {
  const { step, name, status, failed, expected_response: expected, ...own } = tags;
  return steps
    .filter((one) => [step, name].every((wanted) => wanted === undefined || wanted === one.name))
    .filter((one) => hasTags(one.tags, own))
    .map((one) => ({
      name: one.name,
      tags: one.tags,
      bytesSent: one.bytesSent,
      bytesReceived: one.bytesReceived,
      outcomes: one.outcomes.filter((outcome) => {
        const fits = (wanted: string | undefined, fact: unknown) =>
          wanted === undefined || wanted === String(fact);
        return (
          fits(status, outcome.status) && fits(failed, outcome.failed) && fits(expected, !outcome.failed)
        );
      }),
    }));
}

function measureCustom(
  name: string,
  tags: Tags,
  aggregate: Aggregate,
  { metrics }: ThresholdSource,
  seconds: number,
): number | null {
  const kind = metrics.kindOf(name);
  const series = metrics.seriesOf(name).filter((one) => hasTags(one.tags, tags));
  if (kind === undefined || (series.length === 0 && hasAny(tags))) return null;
  switch (kind satisfies MetricKind) {
    case 'counter': {
      const total = sumOf(series);
      if (aggregate.of !== 'rate') return total;
      return seconds > 0 ? total / seconds : null;
    }
    case 'gauge':
      return gaugeOf(series).last;
    case 'rate':
      return rateOf(series).share;
    case 'trend':
      return ofValues(valuesOf(series), aggregate);
  }
}

function countsIterations({ metrics }: ThresholdSource, tags: Tags): boolean {
  return hasAny(tags) && metrics.seriesOf(ITERATIONS).some((series) => hasTags(series.tags, tags));
}

/** k6 writes groups as `::outer::inner`. */
function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([tag, value]) => {
    return String(tags[tag]) === (tag === 'group' ? value.replace(/^::/, '') : value);
  });
}

function hasAny(tags: Tags): boolean {
  return Object.keys(tags).length > 0;
}

function merge(histograms: readonly Histogram[]): Histogram {
  const merged = new Histogram();
  for (const histogram of histograms) merged.merge(histogram);
  return merged;
}

function countOf(outcomes: readonly MeasuredOutcome[]): number {
  return outcomes.reduce((all, { times }) => all + times.count, 0);
}

function sum(steps: readonly Selected[], key: 'bytesSent' | 'bytesReceived'): number {
  return steps.reduce((all, step) => all + step[key], 0);
}

/** In milliseconds. */
function ofTimes(times: Histogram, aggregate: Aggregate): number | null {
  const us = toUs(times, aggregate);
  return us === null ? null : us / 1000;
}

function toUs(times: Histogram, aggregate: Aggregate): number | null {
  switch (aggregate.of) {
    case 'avg':
      return times.meanUs;
    case 'min':
      return times.minUs;
    case 'max':
      return times.maxUs;
    case 'percentile':
      return times.percentileUs(aggregate.percentile);
    default:
      return times.percentileUs(50);
  }
}

function ofValues(values: ValueSketch, aggregate: Aggregate): number | null {
  switch (aggregate.of) {
    case 'avg':
      return values.average;
    case 'min':
      return values.min;
    case 'max':
      return values.max;
    case 'percentile':
      return values.percentile(aggregate.percentile);
    default:
      return values.percentile(50);
  }
}
