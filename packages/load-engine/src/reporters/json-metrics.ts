/** Metrics as they leave the process: under the documented snake_case keys, null where nothing was measured. */
import type { ReportedMetrics } from './base-reporter.ts';

export interface ReportedJson {
  readonly total_requests: number;
  readonly successful_requests: number;
  readonly failed_requests: number;
  readonly requests_per_second: number;
  readonly avg_response_time_ms: number | null;
  readonly min_response_time_us: number | null;
  readonly max_response_time_us: number | null;
  readonly total_response_time_us: number | null;
  readonly p95_us: number | null;
  readonly p99_us: number | null;
}

export function toReportedJson(metrics: ReportedMetrics): ReportedJson {
  const total = toCount(metrics.totalRequests);
  const failed = toCount(metrics.failedRequests);
  const toTime = (value: number | null | undefined) => (total > 0 ? toNumber(value) : null);
  return {
    total_requests: total,
    successful_requests: toNumber(metrics.successfulRequests) ?? Math.max(0, total - failed),
    failed_requests: failed,
    requests_per_second: toCount(metrics.requestsPerSecond),
    avg_response_time_ms: toTime(metrics.avgResponseTimeMs),
    min_response_time_us: toTime(metrics.minResponseTimeUs),
    max_response_time_us: toTime(metrics.maxResponseTimeUs),
    total_response_time_us: toTime(metrics.totalResponseTimeUs),
    p95_us: toTime(metrics.p95Us),
    p99_us: toTime(metrics.p99Us),
  };
}

function toCount(value: number | null | undefined): number {
  return toNumber(value) ?? 0;
}

/** Null for what is no number: NaN and infinities have no place in JSON. */
function toNumber(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? (value ?? null) : null;
}
