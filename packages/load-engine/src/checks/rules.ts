/** What assertions have in common, whatever they are about: run them all, or combine them in a group. */

/** Something that holds for a subject, or does not and says why. */
export interface Rule<Subject> {
  holds(subject: Subject): boolean;
  explain(subject: Subject): string;
}

/** A rule that does not hold, and the sentence that says why. */
export type Failure<Subject, One extends Rule<Subject>> = readonly [rule: One, sentence: string];

/** The rules that do not hold, in their order: only the first of them with `failFast`. */
export function findFailures<Subject, One extends Rule<Subject>>(
  subject: Subject,
  rules: readonly One[],
  failFast: boolean,
): Failure<Subject, One>[] {
  const failures: Failure<Subject, One>[] = [];
  for (const rule of rules) {
    if (rule.holds(subject)) continue;
    failures.push([rule, rule.explain(subject)]);
    if (failFast) break;
  }
  return failures;
}

/** All of its rules must hold (AND), or any (OR); without any, AND holds and OR does not. */
export class RuleGroup<Subject, One extends Rule<Subject>> {
  /** In upper case. */
  readonly logic: string;
  readonly rules: One[] = [];
  /** Of the last check, also of one that passed. */
  failures: readonly Failure<Subject, One>[] = [];
  #hasFailed = false;

  constructor(logic: string) {
    this.logic = logic.toUpperCase();
  }

  /** Throws a RangeError for a logic that is neither AND nor OR. */
  check(subject: Subject): boolean {
    if (this.logic !== 'AND' && this.logic !== 'OR') {
      throw new RangeError(`Unknown logic operator: ${this.logic}`);
    }
    this.failures = findFailures(subject, this.rules, false);
    const broken = this.failures.length;
    this.#hasFailed = this.logic === 'AND' ? broken > 0 : broken === this.rules.length;
    return !this.#hasFailed;
  }

  /** Several lines; the empty text unless the last check failed. */
  report(kind: string): string {
    if (!this.#hasFailed) return '';
    const lines = this.failures.map(([, sentence], index) => `  ${index + 1}. ${sentence}`);
    return [`${kind} (${this.logic}) failed:`, ...lines].join('\n');
  }
}
