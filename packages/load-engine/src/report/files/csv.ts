/** The report as CSV (RFC 4180), in the columns of Locust: its figures, its history, its failures. */

import type { JsonMetrics, JsonReport } from '../json.ts';
import { PERCENTILES } from '../summary.ts';

type Cell = string | number | null;

const PERCENT_HEADS = PERCENTILES.map((percentile) => `${percentile}%`);
const STATS_HEAD = [
  'Type',
  'Name',
  'Request Count',
  'Failure Count',
  'Median Response Time',
  'Average Response Time',
  'Min Response Time',
  'Max Response Time',
  'Average Content Size',
  'Requests/s',
  'Failures/s',
  ...PERCENT_HEADS,
];
const HISTORY_HEAD = [
  'Timestamp',
  'User Count',
  'Type',
  'Name',
  'Requests/s',
  'Failures/s',
  '50%',
  '95%',
  '99%',
  'Total Request Count',
  'Total Failure Count',
  'Total Median Response Time',
  'Total 95% Response Time',
  'Total 99% Response Time',
];
const FAILURES_HEAD = ['Method', 'Name', 'Error', 'Occurrences'];
const AGGREGATED = 'Aggregated';

/** A line per step and one of all; times in milliseconds, sizes in bytes on the wire, empty where nothing was measured. */
export function toCsv(report: JsonReport): string {
  const { steps, final_metrics: total, test_info: info } = report;
  const rows = steps.map((step) => {
    const { method, name } = splitName(step);
    return [method, name, ...toStats(step, info.duration_seconds)];
  });
  return renderCsv([STATS_HEAD, ...rows, ['', AGGREGATED, ...toStats(total, info.duration_seconds)]]);
}

/** A line per look at the run; the rates and percentiles of its interval, and the totals until then. */
export function toCsvHistory({ progress }: JsonReport): string {
  const rows = progress.map(({ timestamp, metrics }): Cell[] => [
    Number(timestamp.toFixed(3)),
    metrics.active_users,
    '',
    AGGREGATED,
    toDecimals(metrics.interval.requests_per_second),
    toDecimals(metrics.interval.failures_per_second),
    metrics.interval.p50_ms,
    metrics.interval.p95_ms,
    metrics.interval.p99_ms,
    metrics.total_requests,
    metrics.failed_requests,
    metrics.p50_ms,
    metrics.p95_ms,
    metrics.p99_ms,
  ]);
  return renderCsv([HISTORY_HEAD, ...rows]);
}

/** A line per kind of failure, exceptions of the scenario's code among them. */
export function toCsvFailures({ errors }: JsonReport): string {
  const rows = errors.map(({ step, message, count }) => {
    const { method, name } = splitName({ name: step, tags: {} });
    return [method, name, message, count];
  });
  return renderCsv([FAILURES_HEAD, ...rows]);
}

function toStats(metrics: JsonMetrics, seconds: number): Cell[] {
  const { total_requests: requests, failed_requests: failed } = metrics;
  return [
    requests,
    failed,
    metrics.percentiles_ms['50'] ?? null,
    metrics.avg_response_time_ms === null ? null : toDecimals(metrics.avg_response_time_ms),
    toMs(metrics.min_response_time_us),
    toMs(metrics.max_response_time_us),
    requests === 0 ? null : Math.round(metrics.bytes_received / requests),
    toDecimals(metrics.requests_per_second),
    seconds > 0 ? toDecimals(failed / seconds) : 0,
    ...PERCENTILES.map((percentile) => metrics.percentiles_ms[percentile] ?? null),
  ];
}

/** Locust has the method in a column of its own; tags tell steps of one name apart. */
function splitName({ name, tags }: { name: string; tags: Readonly<Record<string, string>> }) {
  const pairs = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
  const suffix = pairs.length === 0 ? '' : ` {${pairs.join(', ')}}`;
  const [, method = '', rest = name] = /^([A-Z]+) (.+)$/s.exec(name) ?? [];
  return { method, name: rest + suffix };
}

function renderCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(',')}\r\n`).join('');
}

function renderCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'number' ? String(cell) : disarm(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet runs what begins so as a formula: an apostrophe makes it text (OWASP, CSV injection). */
function disarm(text: string): string {
  return /^\s*[=+\-@\t\r\n|\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

function toMs(microseconds: number | null): number | null {
  return microseconds === null ? null : microseconds / 1000;
}

function toDecimals(value: number): number {
  return Number(value.toFixed(3));
}
