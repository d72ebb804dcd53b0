/** What assertions have in common, whatever they are about: run them all, or combine them in a group. */

/** Something that holds for a subject, or does not and says why. */
export interface Rule<Subject> {
  holds(subject: Subject): boolean;
  explain(subject: Subject): string;
}

/** Whether all hold, and the sentences of those that do not: only the first one with `failFast`. */
export type Outcome = readonly [passed: boolean, failures: readonly string[]];

/** An empty list passes. */
export function judgeRules<Subject>(
  subject: Subject,
  rules: readonly Rule<Subject>[],
  failFast: boolean,
): Outcome {
  const failures: string[] = [];
  for (const rule of rules) {
    if (rule.holds(subject)) continue;
    failures.push(rule.explain(subject));
    if (failFast) break;
  }
  return [failures.length === 0, failures];
}

/** All of them must hold (AND), or any (OR); without any, AND holds and OR does not. */
export class RuleGroup<Subject> {
  readonly #logic: string;
  #failures: readonly string[] = [];
  #hasFailed = false;

  constructor(logic: string) {
    this.#logic = logic.toUpperCase();
  }

  /** Throws a RangeError for a logic that is neither AND nor OR. */
  check(subject: Subject, rules: readonly Rule<Subject>[]): boolean {
    if (this.#logic !== 'AND' && this.#logic !== 'OR') {
      throw new RangeError(`Unknown logic operator: ${this.#logic}`);
    }
    [, this.#failures] = judgeRules(subject, rules, false);
    const passed = this.#logic === 'AND' ? this.#failures.length === 0 : this.#failures.length < rules.length;
    this.#hasFailed = !passed;
    return passed;
  }

  /** The sentences of all that did not hold at the last check, also in a group that passed. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Several lines; the empty text unless the last check failed. */
  report(kind: string): string {
    if (!this.#hasFailed) return '';
    const lines = this.#failures.map((failure, index) => `  ${index + 1}. ${failure}`);
    return [`${kind} (${this.#logic}) failed:`, ...lines].join('\n');
  }
}
