/** A performance assertion in code. */
import { PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';

/** Passes where the function returns something truthy; one that throws does not pass. */
export class CustomPerformanceAssertion extends PerformanceAssertion {
  readonly #isMet: (metrics: PerformanceMetrics) => unknown;

  constructor(isMet: (metrics: PerformanceMetrics) => unknown, message = '') {
    super(message);
    if (typeof isMet !== 'function') throw new TypeError(`expected a function, got ${typeof isMet}`);
    this.#isMet = isMet;
  }

  checkMetrics(metrics: PerformanceMetrics): boolean {
    try {
      return Boolean(this.#isMet(metrics));
    } catch {
      return false;
    }
  }

  protected explain(): string {
    return 'Custom performance assertion failed';
  }
}
