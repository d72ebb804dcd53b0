/** What `engine.getMetrics()` says, in the document's words. */
import { Histogram } from '../record/histogram.ts';
import type { Recorder } from '../record/recorder.ts';

/** Figures of everything that an engine did since its start or its last reset; all 0 while that is nothing. */
export interface EngineMetrics {
  readonly totalRequests: number;
  readonly successfulRequests: number;
  readonly failedRequests: number;
  /** Over the time from the first request on, for as long as anything was under way. */
  readonly requestsPerSecond: number;
  readonly avgResponseTimeMs: number;
  readonly minResponseTimeUs: number;
  readonly maxResponseTimeUs: number;
  readonly totalResponseTimeUs: number;
  readonly p95Us: number;
  readonly p99Us: number;
}

/** Times are response times, those of failed requests included: from the moment a request was asked for. */
export function toMetrics(recorder: Recorder, seconds: number): EngineMetrics {
  const times = new Histogram();
  let failedRequests = 0;
  for (const outcome of recorder.steps.flatMap((step) => step.outcomes)) {
    times.merge(outcome.times);
    if (outcome.failed) failedRequests += outcome.times.count;
  }
  const [p95Us, p99Us] = times.percentilesUs([95, 99]);
  return {
    totalRequests: times.count,
    successfulRequests: times.count - failedRequests,
    failedRequests,
    requestsPerSecond: seconds > 0 ? times.count / seconds : 0,
    avgResponseTimeMs: (times.meanUs ?? 0) / 1000,
    minResponseTimeUs: times.minUs ?? 0,
    maxResponseTimeUs: times.maxUs ?? 0,
    totalResponseTimeUs: times.sumUs,
    p95Us: p95Us ?? 0,
    p99Us: p99Us ?? 0,
  };
}
