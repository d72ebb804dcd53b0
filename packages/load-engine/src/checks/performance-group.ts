/** Several performance assertions as one, and the run function of the document. */
import type { PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';
import { judgeRules, type Outcome, type Rule, RuleGroup } from './rules.ts';

/**
 * Whether the metrics pass all assertions, and the sentences of those that they do not pass. It stops at the first of
 * these, unless `failFast` is false; without any assertion it passes.
 */
export function runPerformanceAssertions(
  metrics: PerformanceMetrics,
  assertions: readonly PerformanceAssertion[],
  failFast = true,
): Outcome {
  return judgeRules(metrics, assertions.map(toRule), failFast);
}

/** All of its assertions must pass (`AND`), or any of them (`OR`), in upper or lower case. */
export class PerformanceAssertionGroup {
  readonly #assertions: PerformanceAssertion[] = [];
  readonly #group: RuleGroup<PerformanceMetrics>;

  constructor(logic = 'AND') {
    this.#group = new RuleGroup(logic);
  }

  add(assertion: PerformanceAssertion): this {
    this.#assertions.push(assertion);
    return this;
  }

  /** Empty, AND passes and OR does not. Throws a RangeError `Unknown logic operator: …`. */
  checkAllMetrics(metrics: PerformanceMetrics): boolean {
    return this.#group.check(metrics, this.#assertions.map(toRule));
  }

  /** The sentences of the assertions that did not pass at the last check. */
  get failedAssertions(): readonly string[] {
    return this.#group.failures;
  }

  /** Which assertions did not pass, numbered; the empty text unless the last check failed. */
  getFailureReport(): string {
    return this.#group.report('Performance assertion group');
  }
}

function toRule(assertion: PerformanceAssertion): Rule<PerformanceMetrics> {
  return {
    holds: (metrics) => assertion.checkMetrics(metrics),
    explain: (metrics) => assertion.getMetricsErrorMessage(metrics),
  };
}
