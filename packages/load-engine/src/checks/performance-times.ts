/** Performance assertions on response times, in milliseconds. */
import { assertLimit, PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';

/** The mean of all response times is at most so long. */
export class AverageResponseTimeAssertion extends PerformanceAssertion {
  readonly maxAvgMs: number;

  constructor(maxAvgMs: number, message = '') {
    super(message);
    this.maxAvgMs = assertLimit('maxAvgMs', maxAvgMs);
  }

  override checkMetrics({ avgResponseTimeMs }: PerformanceMetrics): boolean {
    return (avgResponseTimeMs ?? 0) <= this.maxAvgMs;
  }

  protected override describe({ avgResponseTimeMs }: PerformanceMetrics): string {
    return `Average response time ${(avgResponseTimeMs ?? 0).toFixed(2)}ms exceeds limit ${this.maxAvgMs}ms`;
  }
}

/** The slowest answer took at most so long. */
export class MaxResponseTimeAssertion extends PerformanceAssertion {
  readonly maxTimeMs: number;

  constructor(maxTimeMs: number, message = '') {
    super(message);
    this.maxTimeMs = assertLimit('maxTimeMs', maxTimeMs);
  }

  override checkMetrics({ maxResponseTimeUs }: PerformanceMetrics): boolean {
    return (maxResponseTimeUs ?? 0) / 1000 <= this.maxTimeMs;
  }

  protected override describe({ maxResponseTimeUs }: PerformanceMetrics): string {
    return `Maximum response time ${((maxResponseTimeUs ?? 0) / 1000).toFixed(2)}ms exceeds limit ${this.maxTimeMs}ms`;
  }
}

/** So many percent of the answers took at most so long. */
export class PercentileAssertion extends PerformanceAssertion {
  readonly percentile: number;
  readonly maxMs: number;

  constructor(percentile: number, maxMs: number, message = '') {
    super(message);
    this.percentile = assertLimit('percentile', percentile, 100);
    this.maxMs = assertLimit('maxMs', maxMs);
  }

  /** Throws a RangeError for a percentile that the metrics do not hold: it cannot be made up from others. */
  override checkMetrics(metrics: PerformanceMetrics): boolean {
    return toPercentileMs(metrics, this.percentile) <= this.maxMs;
  }

  protected override describe(metrics: PerformanceMetrics): string {
    const measured = toPercentileMs(metrics, this.percentile).toFixed(2);
    return `P${this.percentile} response time ${measured}ms exceeds limit ${this.maxMs}ms`;
  }
}

function toPercentileMs(
  { p95Us, p99Us, percentilesMs = {} }: PerformanceMetrics,
  percentile: number,
): number {
  if (Object.hasOwn(percentilesMs, percentile)) return percentilesMs[percentile] ?? 0;
  if (percentile === 95) return (p95Us ?? 0) / 1000;
  if (percentile === 99) return (p99Us ?? 0) / 1000;
  const known = Object.keys(percentilesMs).join(', ') || '95, 99';
  throw new RangeError(`expected a percentile that the metrics hold (${known}), got ${percentile}`);
}
