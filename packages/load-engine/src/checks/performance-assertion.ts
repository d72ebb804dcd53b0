/** What all performance assertions are: a rule on the figures of a run, and the sentence for when it is broken. */
import type { PerformanceMetrics } from './performance-metrics.ts';

/** Judges the figures of a whole run, not one response. */
export abstract class PerformanceAssertion {
  /** Takes the place of the default sentence where it is not empty. */
  readonly message: string;

  constructor(message = '') {
    this.message = message;
  }

  /** Always throws: a single response has no throughput. */
  check(_response: unknown): never {
    throw new TypeError('Use checkMetrics() for performance assertions');
  }

  abstract checkMetrics(metrics: PerformanceMetrics): boolean;

  /** Why the metrics do not pass: the own message, or what was measured and what was expected. */
  getMetricsErrorMessage(metrics: PerformanceMetrics): string {
    return this.message || this.explain(metrics);
  }

  /** The default sentence. */
  protected abstract explain(metrics: PerformanceMetrics): string;
}

/** Throws a RangeError that names what was expected and what came. */
export function assertLimit(name: string, value: number, highest = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'number' && value >= 0 && value <= highest) return value;
  const range =
    highest === Number.POSITIVE_INFINITY ? 'a number of 0 or more' : `a number from 0 to ${highest}`;
  throw new RangeError(`expected ${name} to be ${range}, got ${String(value)}`);
}
