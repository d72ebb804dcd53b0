/** The figures that performance assertions judge. */
import type { EngineMetrics } from '../engine/metrics.ts';
import type { RunSummary } from '../report/summary.ts';

/**
 * What `engine.getMetrics()` and `engine.runScenario()` return, or a part of it: what is missing, or null, counts as 0.
 * `percentilesMs` (by percentile: `{ '90': 12.5 }`) is what other percentiles than p95 and p99 are judged by.
 */
export type PerformanceMetrics = {
  readonly [Name in keyof EngineMetrics]?: number | null | undefined;
} & { readonly percentilesMs?: Readonly<Record<string, number | null>> | undefined };

/** The figures of a run of `runLoad` in the words that performance assertions know. */
export function toPerformanceMetrics({ total }: Pick<RunSummary, 'total'>): PerformanceMetrics {
  const toUs = (milliseconds: number | null | undefined): number => Math.round((milliseconds ?? 0) * 1000);
  return {
    totalRequests: total.requests,
    successfulRequests: total.requests - total.failures,
    failedRequests: total.failures,
    requestsPerSecond: total.requestsPerSecond,
    avgResponseTimeMs: total.averageMs ?? 0,
    minResponseTimeUs: toUs(total.minMs),
    maxResponseTimeUs: toUs(total.maxMs),
    totalResponseTimeUs: toUs((total.averageMs ?? 0) * total.requests),
    p95Us: toUs(total.percentilesMs['95']),
    p99Us: toUs(total.percentilesMs['99']),
    percentilesMs: total.percentilesMs,
  };
}
