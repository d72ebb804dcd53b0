/** Several performance assertions as one, and the run function of the document. */
import type { PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';
import { type Failure, findFailures, RuleGroup } from './rules.ts';

/**
 * Whether the metrics pass all assertions, and the sentences of those that they do not pass. It stops at the first of
 * these, unless `failFast` is false; without any assertion it passes.
 */
export function runPerformanceAssertions(
  metrics: PerformanceMetrics,
  assertions: readonly PerformanceAssertion[],
  failFast = true,
): [passed: boolean, failures: string[]] {
  const failures = findFailures(metrics, assertions, failFast);
  return [failures.length === 0, failures.map(([, sentence]) => sentence)];
}

/** All of its assertions must pass (`AND`), or any of them (`OR`), in upper or lower case. */
export class PerformanceAssertionGroup {
  readonly #group: RuleGroup<PerformanceMetrics, PerformanceAssertion>;

  constructor(logic = 'AND') {
    this.#group = new RuleGroup(logic);
  }

  /** In upper case. */
  get logic(): string {
    return this.#group.logic;
  }

  get assertions(): readonly PerformanceAssertion[] {
    return this.#group.rules;
  }

  add(assertion: PerformanceAssertion): this {
    this.#group.rules.push(assertion);
    return this;
  }

  /** Empty, AND passes and OR does not. Throws a RangeError `Unknown logic operator: …`. */
  checkAllMetrics(metrics: PerformanceMetrics): boolean {
    return this.#group.check(metrics);
  }

  /** The assertions that did not pass at the last check, each with its sentence; also of a group that passed. */
  get failedAssertions(): readonly Failure<PerformanceMetrics, PerformanceAssertion>[] {
    return this.#group.failures;
  }

  /** Which assertions did not pass, numbered; the empty text unless the last check failed. */
  getFailureReport(): string {
    return this.#group.report('Performance assertion group');
  }
}
