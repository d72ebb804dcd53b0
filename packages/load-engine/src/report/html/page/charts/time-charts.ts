/** What changed while the run went on: throughput, users, percentiles. */

import { formatCount, formatMs, formatRate } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { createLinearAxis, createTimeAxis, formatElapsed } from './axis.ts';
import type { Chart, Mark, Point, Series } from './chart.ts';

type Progress = JsonReport['progress'][number];
type Read = (entry: Progress) => number | null;

export function toTimeCharts(report: JsonReport, other: JsonReport | null): Chart[] {
  const frame = toFrame(report, other);
  return [
    toThroughput(report, other, frame),
    toPercentiles(report, other, frame),
    toUsers(report, other, frame),
  ];
}

type Frame = Pick<Chart, 'x' | 'marks' | 'pauses' | 'describeX'>;

function toFrame(report: JsonReport, other: JsonReport | null): Frame {
  const runs = other === null ? [report] : [report, other];
  const ends = runs.map(({ progress, test_info }) =>
    Math.max(progress.at(-1)?.elapsed_time ?? 0, test_info.duration_seconds),
  );
  return {
    x: createTimeAxis(Math.max(...ends)),
    marks: toMarks(report),
    pauses: toPauses(report),
    describeX: (seconds) => formatElapsed(seconds),
  };
}

function toMarks({ events }: JsonReport): Mark[] {
  return events
    .filter(({ kind }) => kind !== 'started' && kind !== 'ended')
    .map(({ elapsed_time, text }) => ({ at: elapsed_time, text }));
}

function toPauses({ events, test_info }: JsonReport): [number, number][] {
  const pauses: [number, number][] = [];
  let from: number | null = null;
  for (const { kind, elapsed_time } of events) {
    if (kind === 'paused') from ??= elapsed_time;
    else if (from !== null && kind !== 'scaled') {
      pauses.push([from, elapsed_time]);
      from = null;
    }
  }
  if (from !== null) pauses.push([from, test_info.duration_seconds]);
  return pauses;
}

function toThroughput(report: JsonReport, other: JsonReport | null, frame: Frame): Chart {
  const series = [
    ...toSeries(
      'requests',
      'series-rate',
      'area',
      report,
      other,
      (entry) => entry.metrics.interval?.requests_per_second ?? null,
    ),
    ...toSeries(
      'failures',
      'series-failed',
      'line',
      report,
      other,
      (entry) => entry.metrics.interval?.failures_per_second ?? null,
    ),
  ];
  return {
    ...frame,
    id: 'chart-throughput',
    title: 'Throughput and failures',
    note: 'Answered and failed requests per second.',
    summary: summarizeRange('Requests per second over time', series, formatRate),
    y: createLinearAxis(findLargest(series), formatTick),
    series,
    describeY: (value) => `${formatRate(value)} /s`,
  };
}

function toPercentiles(report: JsonReport, other: JsonReport | null, frame: Frame): Chart {
  const series = (['p99', 'p95', 'p50'] as const).flatMap((name) =>
    toSeries(
      name,
      `series-${name}`,
      'line',
      report,
      other,
      (entry) => entry.metrics.interval?.[`${name}_ms`] ?? null,
    ),
  );
  return {
    ...frame,
    id: 'chart-percentiles',
    title: 'Response times',
    note: 'Percentiles of what ended in each interval, in milliseconds.',
    summary: summarizeRange('Response times over time, in milliseconds', series, formatMs),
    y: createLinearAxis(findLargest(series), formatTick),
    series,
    describeY: (value) => `${formatMs(value)} ms`,
  };
}

function toUsers(report: JsonReport, other: JsonReport | null, frame: Frame): Chart {
  const series = toSeries(
    'active users',
    'series-users',
    'steps',
    report,
    other,
    (entry) => entry.metrics.active_users,
  );
  return {
    ...frame,
    id: 'chart-users',
    title: 'Active users',
    note: 'Virtual users at work.',
    summary: summarizeRange('Active users over time', series, formatCount),
    y: createLinearAxis(findLargest(series), formatTick, 1),
    series,
    describeY: (value) => formatCount(value),
  };
}

function toSeries(
  name: string,
  look: string,
  kind: Series['kind'],
  report: JsonReport,
  other: JsonReport | null,
  read: Read,
): Series[] {
  const points = ({ progress }: JsonReport) =>
    progress.map((entry): Point => [entry.elapsed_time, read(entry)]);
  const mine = { name, look, kind, isOther: false, points: points(report) };
  return other === null
    ? [mine]
    : [{ ...mine, name: `${name}, compared`, isOther: true, points: points(other) }, mine];
}

function findLargest(series: readonly Series[]): number {
  return series.reduce((most, { points }) => points.reduce((high, [, y]) => Math.max(high, y ?? 0), most), 0);
}

function summarizeRange(
  subject: string,
  series: readonly Series[],
  format: (value: number) => string,
): string {
  const parts = series.flatMap(({ name, points }) => {
    const values = points.flatMap(([, y]) => (y === null ? [] : [y]));
    if (values.length === 0) return [];
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return [`${name} from ${format(low)} to ${format(high)}`];
  });
  return `${subject}: ${parts.length > 0 ? parts.join(', ') : 'nothing measured'}.`;
}

/** `12k` where five digits would not fit. */
function formatTick(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  return value >= 1000 ? formatCount(value) : String(Number(value.toPrecision(3)));
}
