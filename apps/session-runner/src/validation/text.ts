// Fields that hold text, kept as it came.
import { isStorableText } from '@trafficflux/service-kit';
import { type Field, Problem } from './fields.ts';

export interface TextRules {
  /** In code points; whoever sends more is told this number. */
  readonly maxLength?: number;
  /** Whether spaces alone, or nothing, will do. */
  readonly mayBeBlank?: boolean;
  /** Whether every text will do, also one that no store can keep. */
  readonly mayBeUnstorable?: boolean;
  /** A further rule, asked where all others are kept. */
  readonly check?: (text: string) => Problem | undefined;
  readonly isSecret?: boolean;
}

export function text(rules: TextRules = {}): Field<string> {
  const { isSecret = false } = rules;
  return {
    read(value) {
      if (typeof value !== 'string')
        return new Problem('string_type', 'Input should be a valid string', isSecret);
      const problem = findProblem(value, rules);
      if (problem === undefined) return value;
      return isSecret ? new Problem(problem.type, problem.msg, true) : problem;
    },
  };
}

/** Null and an absent field are the same. */
export function optional<T>(field: Field<T>): Field<T | null> {
  return { read: (value) => (value === null ? null : field.read(value)), absent: { value: null } };
}

function findProblem(value: string, rules: TextRules): Problem | undefined {
  const { maxLength, mayBeBlank = false, mayBeUnstorable = false, check } = rules;
  if (!mayBeBlank && value.trim() === '')
    return new Problem('string_too_short', 'String should have at least 1 character');
  if (maxLength !== undefined && isLongerThan(value, maxLength))
    return new Problem('string_too_long', `String should have at most ${maxLength} characters`);
  if (!mayBeUnstorable && !isStorableText(value))
    return new Problem('string_unicode', 'String should not contain NUL or unpaired surrogates');
  return check?.(value);
}

/** A code point takes one or two units of a JavaScript string. */
function isLongerThan(value: string, maxLength: number): boolean {
  if (value.length <= maxLength) return false;
  return value.length > 2 * maxLength || [...value].length > maxLength;
}
