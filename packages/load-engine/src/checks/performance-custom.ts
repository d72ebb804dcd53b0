/** A performance assertion in code. */
import { PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';

/** Passes where the function returns something truthy; one that throws does not pass. */
export class CustomPerformanceAssertion extends PerformanceAssertion {
  readonly assertionFunc: (metrics: PerformanceMetrics) => unknown;

  constructor(assertionFunc: (metrics: PerformanceMetrics) => unknown, message = '') {
    super(message);
    if (typeof assertionFunc !== 'function') {
      throw new TypeError(`expected assertionFunc to be a function, got ${typeof assertionFunc}`);
    }
    this.assertionFunc = assertionFunc;
  }

  override checkMetrics(metrics: PerformanceMetrics): boolean {
    try {
      return Boolean(this.assertionFunc(metrics));
    } catch {
      return false;
    }
  }

  protected override describe(): string {
    return 'Custom performance assertion failed';
  }
}
