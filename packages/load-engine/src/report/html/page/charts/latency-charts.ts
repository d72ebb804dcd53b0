/** How response times are spread: by orders of magnitude, and by percentile. */

import { formatMs, formatPercent } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { createLinearAxis, createLogAxis, createPercentileAxis } from './axis.ts';
import type { Chart, Point, Series } from './chart.ts';

type Distribution = JsonReport['distribution'];

const MOST_BINS = 64;

export function toLatencyCharts(report: JsonReport, other: JsonReport | null): Chart[] {
  return [toSpread(report, other), toPercentileCurve(report, other)];
}

function toSpread(report: JsonReport, other: JsonReport | null): Chart {
  const edges = toEdges(
    [...report.distribution, ...(other?.distribution ?? [])].map(({ up_to_ms }) => up_to_ms),
  );
  const look = 'series-rate';
  const series: Series[] = [
    { name: 'requests', look, kind: 'bars', isOther: false, points: toBins(report.distribution, edges) },
  ];
  if (other !== null) {
    series.push({
      name: 'requests, compared',
      look: 'series-p99',
      kind: 'bars',
      isOther: true,
      points: toBins(other.distribution, edges),
    });
  }
  const largest = Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y ?? 0)), 0);
  return {
    id: 'chart-distribution',
    title: 'Distribution of response times',
    note: 'Share of all requests, by response time on a logarithmic axis.',
    summary: summarizeSpread(report),
    x: createLogAxis(edges[0] ?? 1, edges.at(-1) ?? 10),
    y: createLinearAxis(largest, (share) => formatPercent(share)),
    series,
    marks: [],
    pauses: [],
    describeX: (from) => `${formatMs(from)} – ${formatMs(edges[edges.indexOf(from) + 1] ?? from)} ms`,
    describeY: formatPercent,
  };
}

/** Even steps of the logarithm, none finer than the histogram's own slots: they would leave gaps. */
function toEdges(times: readonly number[]): number[] {
  if (times.length === 0) return [];
  const lowest = Math.max(
    0.001,
    times.reduce((low, time) => Math.min(low, time)),
  );
  const highest = times.reduce((high, time) => Math.max(high, time));
  const finest = Math.log(1 + Math.min(1, Math.max(0.04, 0.002 / lowest)));
  const from = Math.log(lowest) - finest;
  const span = Math.max(Math.log(Math.max(highest, lowest)) - from, finest * 12) + finest / 2;
  const count = Math.max(1, Math.min(MOST_BINS, Math.floor(span / finest)));
  return Array.from({ length: count + 1 }, (_, index) => Math.exp(from + (span * index) / count));
}

function toBins(distribution: Distribution, edges: readonly number[]): Point[] {
  const counts = edges.map(() => 0);
  const [first, last] = [edges[0] ?? 1, edges.at(-1) ?? 1];
  const all = distribution.reduce((sum, { count }) => sum + count, 0);
  for (const { up_to_ms, count } of distribution) {
    const place = (Math.log(Math.max(up_to_ms, first) / first) / Math.log(last / first)) * (edges.length - 1);
    const bin = Math.min(edges.length - 2, Math.floor(place));
    counts[bin] = (counts[bin] ?? 0) + count;
  }
  return edges.map((edge, index): Point => [edge, all === 0 ? null : (counts[index] ?? 0) / all]);
}

function summarizeSpread({ final_metrics: { percentiles_ms, total_requests } }: JsonReport): string {
  if (total_requests === 0) return 'Distribution of response times: nothing measured.';
  const of = (name: string) => formatMs(percentiles_ms[name] ?? null);
  return `Distribution of response times: half of the requests took at most ${of('50')} milliseconds, 95 percent at most ${of('95')}, 99 percent at most ${of('99')}, the longest ${of('100')}.`;
}

function toPercentileCurve(report: JsonReport, other: JsonReport | null): Chart {
  const series = [...(other === null ? [] : toCurves(other, true)), ...toCurves(report, false)];
  const times = series.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
  const [low, high] = [Math.min(...times, 1e9), Math.max(...times, 0)];
  const farthest = Math.max(0.9, ...series.flatMap(({ points }) => points.map(([x]) => x)));
  return {
    id: 'chart-curve',
    title: 'Response times by percentile',
    note: 'So many percent of the requests took at most so long; each further nine has as much room as the one before.',
    summary: summarizeCurve(report),
    x: createPercentileAxis(farthest),
    y: createLogAxis(times.length > 0 ? low * 0.9 : 1, times.length > 0 ? high * 1.1 : 10),
    series,
    marks: [],
    pauses: [],
    describeX: (share) => `${Number((share * 100).toPrecision(6))} %`,
    describeY: (milliseconds) => `${formatMs(milliseconds)} ms`,
  };
}

function summarizeCurve({ final_metrics: { percentiles_ms } }: JsonReport): string {
  const parts = listPercentiles(percentiles_ms).map(([percent, ms]) => `${percent} %: ${formatMs(ms)}`);
  return `Response times by percentile, in milliseconds: ${parts.join(', ')}.`;
}

/** The service times only where they tell something else: where starts were planned by the clock. */
function toCurves({ distribution, final_metrics }: JsonReport, isOther: boolean): Series[] {
  const suffix = isOther ? ', compared' : '';
  const response: Series = {
    name: `response time${suffix}`,
    look: 'series-rate',
    kind: 'line',
    isOther,
    points: toCurve(distribution),
  };
  const service = final_metrics.service_times?.percentiles_ms ?? {};
  const differs = listPercentiles(service).some(
    ([percent, ms]) => ms !== (final_metrics.percentiles_ms[percent] ?? null),
  );
  if (!differs) return [response];
  // Beyond one request of all a percentile says nothing but the largest value.
  const last = 1 - 0.5 / Math.max(1, final_metrics.total_requests);
  const points = listPercentiles(service)
    .map(([percent, ms]): Point => [Math.min(percent / 100, last), ms])
    .filter(([share], index, all) => share < last || all[index - 1]?.[0] !== last);
  return [{ ...response, name: `service time${suffix}`, look: 'series-p95', points }, response];
}

/** In ascending order, which that of the keys is not: `100` stands before `99.9`. */
function listPercentiles(percentiles: Readonly<Record<string, number | null>>): [number, number | null][] {
  return Object.entries(percentiles)
    .map(([percent, ms]): [number, number | null] => [Number(percent), ms])
    .sort(([left], [right]) => left - right);
}

/** The last point is the largest value: it stands where one request of all is left. */
function toCurve(distribution: Distribution): Point[] {
  const all = distribution.reduce((sum, { count }) => sum + count, 0);
  const points: Point[] = [];
  let below = 0;
  for (const [index, { up_to_ms, count }] of distribution.entries()) {
    if (index === 0) points.push([0, up_to_ms]);
    below += count;
    points.push([below === all ? Math.max(1 - 0.5 / all, 0) : below / all, up_to_ms]);
  }
  return thinOut(points);
}

/** A curve of a picture's width needs no thousands of points. */
function thinOut(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / 600);
  return points.filter((_, index) => index % every === 0 || index >= points.length - 60);
}
