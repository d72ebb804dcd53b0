// Fields that hold whole numbers: as JSON numbers, or as text, which is all that a query has.
import { type Field, Problem } from './fields.ts';

export interface IntegerRules {
  readonly absent: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export function integer({ absent, minimum, maximum }: IntegerRules): Field<number> {
  return {
    absent: { value: absent },
    read(value) {
      const number = readInteger(value);
      if (number instanceof Problem) return number;
      if (minimum !== undefined && number < minimum)
        return new Problem('greater_than_equal', `Input should be greater than or equal to ${minimum}`);
      if (maximum !== undefined && number > maximum)
        return new Problem('less_than_equal', `Input should be less than or equal to ${maximum}`);
      return number;
    },
  };
}

const INTEGER = /^\s*[+-]?\d+(?:\.0+)?\s*$/;

function readInteger(value: unknown): number | Problem {
  if (typeof value === 'string' && !INTEGER.test(value)) {
    return new Problem(
      'int_parsing',
      'Input should be a valid integer, unable to parse string as an integer',
    );
  }
  if (typeof value !== 'string' && typeof value !== 'number')
    return new Problem('int_type', 'Input should be a valid integer');
  const number = Number(value);
  // JSON's 1e999, and a text of a thousand digits.
  if (!Number.isFinite(number)) return new Problem('finite_number', 'Input should be a finite number');
  if (!Number.isInteger(number)) {
    return new Problem(
      'int_from_float',
      'Input should be a valid integer, got a number with a fractional part',
    );
  }
  return number;
}
