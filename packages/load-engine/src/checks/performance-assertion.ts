/** What all performance assertions are: a rule on the figures of a run, and the sentence for when it is broken. */
import type { PerformanceMetrics } from './performance-metrics.ts';
import type { Rule } from './rules.ts';

/** Judges the figures of a whole run, not one response. Classes of your own say what `checkMetrics` is for them. */
export class PerformanceAssertion implements Rule<PerformanceMetrics> {
  /** Takes the place of the default sentence where it is not empty. */
  readonly message: string;

  constructor(message = '') {
    this.message = message;
  }

  /** Always throws a TypeError: a single response has no throughput. */
  check(_response?: unknown): never {
    throw new TypeError('Use checkMetrics() for performance assertions');
  }

  checkMetrics(_metrics: PerformanceMetrics): boolean {
    throw new TypeError(`expected ${this.constructor.name} to say what checkMetrics() is for it`);
  }

  /** Why the metrics do not pass: the own message, or what was measured and what was expected. */
  getMetricsErrorMessage(metrics: PerformanceMetrics): string {
    return this.message || this.describe(metrics);
  }

  /** The default sentence. */
  protected describe(_metrics: PerformanceMetrics): string {
    return 'Performance assertion failed';
  }

  holds(metrics: PerformanceMetrics): boolean {
    return this.checkMetrics(metrics);
  }

  explain(metrics: PerformanceMetrics): string {
    return this.getMetricsErrorMessage(metrics);
  }
}

/** Throws a RangeError that names what was expected and what came. */
export function assertLimit(name: string, value: number, highest = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'number' && value >= 0 && value <= highest) return value;
  const range =
    highest === Number.POSITIVE_INFINITY ? 'a number of 0 or more' : `a number from 0 to ${highest}`;
  throw new RangeError(`expected ${name} to be ${range}, got ${String(value)}`);
}
