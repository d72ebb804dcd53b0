/** Reads what a threshold asks of its metric: `p(95)<300`, `avg <= 0.2s`, `rate>=99%`, `count>100`. */
import type { MetricKind } from '../record/metric-series.ts';

export type Aggregate =
  | { readonly of: 'count' | 'rate' | 'value' | 'avg' | 'min' | 'max' | 'med' }
  | { readonly of: 'percentile'; readonly percentile: number };

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface Expression {
  readonly aggregate: Aggregate;
  readonly operator: Operator;
  /** Milliseconds where a unit of time was written, a share of 1 where percent were. */
  readonly limit: number;
  readonly unit: Unit;
}

type Unit = '' | 'ms' | 's' | '%';

/** What can be asked of which kind of metric. */
const ASKABLE: Readonly<Record<MetricKind, readonly string[]>> = {
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
  rate: ['rate'],
  counter: ['count', 'rate'],
  gauge: ['value'],
};

/** Decimal shifts, so that 99.9% is the same double as 0.999. */
const EXPONENTS: Readonly<Record<Unit, number>> = { '': 0, ms: 0, s: 3, '%': -2 };
const FORM = /^([a-z]+)\s*(?:\(\s*([^()]*?)\s*\))?\s*([<>=!]+)\s*([^<>=!]*)$/i;
const LIMIT = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)\s*(ms|s|%)?$/i;

/** Throws a RangeError that says what is wrong with the text. */
export function parseExpression(text: string): Expression {
  const match = FORM.exec(text.trim());
  if (match === null) {
    const short = /^p(\d+(?:\.\d+)?)\s*[<>=!]/i.exec(text.trim());
    if (short !== null) throw wrong(text, `write p(${short[1]}) instead of p${short[1]}`);
    throw wrong(text, 'expected something like p(95)<300, avg<=200ms, rate<1% or count>100');
  }
  const [, word = '', argument, sign = '', limit = ''] = match;
  return {
    aggregate: toAggregate(word.toLowerCase(), argument, text),
    operator: toOperator(sign, text),
    ...toLimit(limit, text),
  };
}

/** Throws a RangeError for what cannot be asked of a metric of this kind. */
export function assertAskable(text: string, { aggregate, unit }: Expression, metric: AskedMetric): void {
  const { name, kind, isTime } = metric;
  const word = aggregate.of === 'percentile' ? 'p(N)' : aggregate.of;
  if (!ASKABLE[kind].includes(word)) {
    throw wrong(text, `${name} is a ${kind}: it has ${ASKABLE[kind].join(', ')}, not ${word}`);
  }
  const isShare = kind === 'rate';
  if (unit === '%' && !isShare) throw wrong(text, `${name} is no share, so % means nothing for it`);
  if ((unit === 'ms' || unit === 's') && !isTime) {
    throw wrong(text, `${name} is no time, so ${unit} means nothing for it`);
  }
}

export interface AskedMetric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly isTime: boolean;
}

/** Whether a figure is as the expression asks. */
export function isMet({ operator, limit }: Expression, figure: number): boolean {
  switch (operator) {
    case '<':
      return figure < limit;
    case '<=':
      return figure <= limit;
    case '>':
      return figure > limit;
    case '>=':
      return figure >= limit;
    case '==':
      return figure === limit;
    case '!=':
      return figure !== limit;
  }
}

function toAggregate(word: string, argument: string | undefined, text: string): Aggregate {
  if (word === 'p') {
    const percentile =
      argument !== undefined && /^\d+(?:\.\d+)?$/.test(argument) ? Number(argument) : Number.NaN;
    if (percentile >= 0 && percentile <= 100) return { of: 'percentile', percentile };
    throw wrong(text, 'expected a percentile from p(0) to p(100), such as p(95) or p(99.9)');
  }
  if (argument !== undefined) throw wrong(text, `only p takes a number in brackets, not ${word}`);
  switch (word) {
    case 'count':
    case 'rate':
    case 'value':
    case 'avg':
    case 'min':
    case 'max':
    case 'med':
      return { of: word };
    case 'median':
      throw wrong(text, 'write med, as k6 does');
    case 'average':
    case 'mean':
      throw wrong(text, 'write avg, as k6 does');
    default:
      throw wrong(text, `expected p(N), avg, min, max, med, count, rate or value, not ${word}`);
  }
}

function toOperator(sign: string, text: string): Operator {
  switch (sign) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return sign;
    case '===':
      return '==';
    case '=':
      throw wrong(text, 'write == to compare');
    case '=<':
      throw wrong(text, 'write <= instead of =<');
    case '=>':
      throw wrong(text, 'write >= instead of =>');
    default:
      throw wrong(text, `expected <, <=, >, >=, == or !=, not ${sign}`);
  }
}

function toLimit(limit: string, text: string): { limit: number; unit: Unit } {
  const match = LIMIT.exec(limit.trim());
  const unit = (match?.[2]?.toLowerCase() ?? '') as Unit;
  const value = match === null ? Number.NaN : shift(match[1] ?? '', EXPONENTS[unit]);
  if (Number.isFinite(value)) return { limit: value, unit };
  throw wrong(text, `expected a number with ms, s, % or nothing behind it, not "${limit.trim()}"`);
}

function shift(digits: string, exponent: number): number {
  const [mantissa = '', own = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(own) + exponent}`);
}

function wrong(text: string, reason: string): RangeError {
  return new RangeError(`the threshold "${text.trim()}" is not understood: ${reason}`);
}
