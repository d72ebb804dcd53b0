/** The report as JSON: everything that was measured, under snake_case keys. */
import type { CustomMetricSummary } from '../record/custom-metric-summary.ts';
import type { LoadProgress } from '../run/progress.ts';
import { hasPassed, type ResponseTimes, type RunSummary, type StepSummary } from './summary.ts';

/** Figures of a step or of all; null where nothing was measured. */
export interface JsonMetrics {
  readonly total_requests: number;
  readonly successful_requests: number;
  readonly failed_requests: number;
  readonly requests_per_second: number;
  readonly avg_response_time_ms: number | null;
  readonly min_response_time_us: number | null;
  readonly max_response_time_us: number | null;
  readonly p95_us: number | null;
  readonly p99_us: number | null;
  readonly percentiles_ms: Readonly<Record<string, number | null>>;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From the actual start; the other times count from the intended one. */
  readonly service_times: JsonTimes;
}

export interface JsonTimes {
  readonly min_ms: number | null;
  readonly avg_ms: number | null;
  readonly max_ms: number | null;
  readonly percentiles_ms: Readonly<Record<string, number | null>>;
}

export type JsonReport = ReturnType<typeof toJsonReport>;

/** What `--json` writes; the README explains each key. */
export function toJsonReport(summary: RunSummary, progress: readonly LoadProgress[] = []) {
  const startedAt = Date.parse(summary.startedAt) / 1000;
  const seconds = summary.durationMs / 1000;
  return {
    test_info: {
      name: summary.name,
      target: summary.target,
      start_time: summary.startedAt,
      start_timestamp: startedAt,
      end_time: new Date((startedAt + seconds) * 1000).toISOString(),
      end_timestamp: startedAt + seconds,
      duration_seconds: seconds,
      users: summary.users,
      spawn_rate: Number.isFinite(summary.spawnRate) ? summary.spawnRate : null,
      seed: summary.seed,
      end_reason: summary.endReason,
      passed: hasPassed(summary),
    },
    progress: progress.map(toProgressEntry(startedAt)),
    final_metrics: toMetrics(summary.total),
    verdict: summary.verdict,
    thresholds: summary.thresholds,
    steps: summary.steps.map((step) => ({ name: step.name, tags: step.tags, ...toMetrics(step) })),
    /** Response times: how many requests took longer than the slot before, and at most `up_to_ms`. */
    distribution: summary.distribution.map(([upToMs, count]) => ({ up_to_ms: upToMs, count })),
    custom_metrics: summary.metrics.map(toCustomMetric),
    events: summary.events.map(({ atMs, kind, text }) => ({ elapsed_time: atMs / 1000, kind, text })),
    errors: summary.errors.map(({ step, kind, message, count }) => ({ step, kind, message, count })),
    exceptions: summary.exceptions,
    iterations: summary.iterations,
    iteration_times: toTimes(summary.iterationTimes),
    starts: {
      planned: summary.starts.planned,
      started: summary.starts.started,
      dropped: summary.starts.dropped,
      lateness_p50_ms: summary.starts.latenessP50Ms,
      lateness_p99_ms: summary.starts.latenessP99Ms,
      lateness_max_ms: summary.starts.latenessMaxMs,
    },
    connections_opened: summary.connectionsOpened,
    generator: {
      threads: summary.generator.threads,
      event_loop_utilization: summary.generator.utilization,
      event_loop_delay_p99_ms: summary.generator.loopDelayP99Ms,
      event_loop_delay_max_ms: summary.generator.loopDelayMaxMs,
      cpu_cores: summary.generator.cores,
      gc_ms: summary.generator.gcMs,
      gc_max_ms: summary.generator.gcMaxMs,
      sockets_max: summary.generator.socketsMax,
      connection_waits: summary.generator.connectionWaits,
      connection_wait_max_ms: summary.generator.connectionWaitMaxMs,
    },
    warnings: summary.warnings,
    report: summary.report,
  };
}

function toMetrics(step: StepSummary): JsonMetrics {
  return {
    total_requests: step.requests,
    successful_requests: step.requests - step.failures,
    failed_requests: step.failures,
    requests_per_second: step.requestsPerSecond,
    avg_response_time_ms: step.averageMs,
    min_response_time_us: toUs(step.minMs),
    max_response_time_us: toUs(step.maxMs),
    p95_us: toUs(step.percentilesMs['95'] ?? null),
    p99_us: toUs(step.percentilesMs['99'] ?? null),
    percentiles_ms: step.percentilesMs,
    bytes_sent: step.bytesSent,
    bytes_received: step.bytesReceived,
    statuses: step.statuses,
    service_times: toTimes(step.service),
  };
}

function toTimes({ minMs, averageMs, maxMs, percentilesMs }: ResponseTimes): JsonTimes {
  return { min_ms: minMs, avg_ms: averageMs, max_ms: maxMs, percentiles_ms: percentilesMs };
}

function toProgressEntry(startedAt: number) {
  return (point: LoadProgress) => ({
    elapsed_time: point.elapsedMs / 1000,
    timestamp: startedAt + point.elapsedMs / 1000,
    metrics: {
      active_users: point.activeUsers,
      total_requests: point.requests,
      failed_requests: point.failures,
      requests_per_second: point.requestsPerSecond,
      p50_ms: point.p50Ms,
      p95_ms: point.p95Ms,
      p99_ms: point.p99Ms,
      /** Since the look before this one. */
      interval: {
        requests_per_second: point.interval.requestsPerSecond,
        failures_per_second: point.interval.failuresPerSecond,
        p50_ms: point.interval.p50Ms,
        p95_ms: point.interval.p95Ms,
        p99_ms: point.interval.p99Ms,
      },
    },
  });
}

function toUs(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 1000);
}

function toCustomMetric(metric: CustomMetricSummary) {
  if (metric.kind !== 'counter') return metric;
  const { perSecond, ...rest } = metric;
  return { ...rest, per_second: perSecond };
}
