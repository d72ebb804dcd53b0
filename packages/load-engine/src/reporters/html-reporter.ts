import { toHtmlReport } from '../report/html/html-report.ts';
import { toReport } from '../report/html/page/read-report.ts';
import { FileReporter, type ReportedTest } from './file-reporter.ts';
import { type ReportedJson, toReportedJson } from './json-metrics.ts';
import type { ProgressEntry } from './test-log.ts';

const ALL = 'all requests';

/** Writes the figures and their charts to one HTML file that opens offline. */
export class HTMLReporter extends FileReporter {
  protected override render({ info, progress, metrics }: ReportedTest): string {
    const final = toReportedJson(metrics ?? {});
    return toHtmlReport(
      toReport({
        test_info: {
          ...info,
          name: 'load test',
          target: '',
          users: null,
          spawn_rate: null,
          seed: null,
          end_reason: '',
          passed: final.failed_requests === 0,
        },
        progress: progress.map((entry, index) => toEntry(entry, progress[index - 1])),
        final_metrics: toFigures(final),
        steps: final.total_requests > 0 ? [{ name: ALL, tags: {}, ...toFigures(final) }] : [],
        errors: final.failed_requests > 0 ? [toError(final.failed_requests)] : [],
      }),
    );
  }
}

function toError(count: number) {
  return { step: ALL, kind: 'request', message: 'failed; reporters are not told why', count };
}

/** What reporters are not told is null. */
function toFigures(metrics: ReportedJson) {
  const toMs = (us: number | null) => (us === null ? null : us / 1000);
  const { avg_response_time_ms: average, min_response_time_us: min, max_response_time_us: max } = metrics;
  const percentiles = { '95': toMs(metrics.p95_us), '99': toMs(metrics.p99_us), '100': toMs(max) };
  return {
    ...metrics,
    percentiles_ms: percentiles,
    bytes_sent: null,
    bytes_received: null,
    statuses: {},
    service_times: { min_ms: toMs(min), avg_ms: average, max_ms: toMs(max), percentiles_ms: percentiles },
  };
}

/** The rates of an interval are those since the entry before. */
function toEntry({ metrics, elapsed_time, timestamp }: ProgressEntry, before: ProgressEntry | undefined) {
  const seconds = elapsed_time - (before?.elapsed_time ?? 0);
  const rate = (now: number, then = 0) => (seconds > 0 ? Math.max(0, now - then) / seconds : 0);
  const toMs = (us: number | null) => (us === null ? null : us / 1000);
  const percentiles = { p50_ms: null, p95_ms: toMs(metrics.p95_us), p99_ms: toMs(metrics.p99_us) };
  return {
    elapsed_time,
    timestamp,
    metrics: {
      active_users: null,
      total_requests: metrics.total_requests,
      failed_requests: metrics.failed_requests,
      requests_per_second: metrics.requests_per_second,
      ...percentiles,
      interval: {
        requests_per_second: rate(metrics.total_requests, before?.metrics.total_requests),
        failures_per_second: rate(metrics.failed_requests, before?.metrics.failed_requests),
        ...percentiles,
      },
    },
  };
}
