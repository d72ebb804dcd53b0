/** A threshold as it is written, and as it is judged: plain data. */
import { LONGEST_TIMER_MS, parseDuration } from '../durations.ts';
import { assertAskable, type Expression, parseExpression } from './parse-expression.ts';
import { parseSelector, type Selector } from './parse-selector.ts';
import { findThresholdMetric, REQUEST_FACTS, type ThresholdMetric } from './threshold-metrics.ts';

/** One condition, as k6 has it. */
export interface ThresholdOptions {
  /** `p(95)<300` */
  readonly threshold: string;
  /** Ends the run as soon as it is broken (default false). */
  readonly abortOnFail?: boolean | undefined;
  /** From when on it may do so: `10s`, or a number of milliseconds (default 0). */
  readonly delayAbortEval?: string | number | undefined;
}

export type ThresholdEntry = string | ThresholdOptions;

/** By metric, where braces limit it to some tags: `{ 'http_req_duration{step:login}': ['p(95)<300'] }`. */
export type Thresholds = Readonly<Record<string, ThresholdEntry | readonly ThresholdEntry[]>>;

/** A threshold that was read. */
export interface Threshold extends Selector, Expression {
  /** The metric with its tags, as it was written. */
  readonly metric: string;
  /** As it was written. */
  readonly text: string;
  readonly abortOnFail: boolean;
  readonly delayAbortEvalMs: number;
}

/** Reads thresholds strictly. Throws a TypeError or RangeError that says what is wrong with which. */
export function parseThresholds(thresholds: Thresholds): Threshold[] {
  if (typeof thresholds !== 'object' || thresholds === null || Array.isArray(thresholds)) {
    throw new TypeError(
      `expected thresholds by metric, such as { http_req_duration: ['p(95)<300'] }, got ${describe(thresholds)}`,
    );
  }
  return Object.entries(thresholds).flatMap(([metric, entries]) => {
    const all = Array.isArray(entries) ? (entries as readonly ThresholdEntry[]) : [entries as ThresholdEntry];
    if (all.length === 0) throw new RangeError(`expected at least one threshold on ${metric}, got none`);
    return all.map((entry) => parseThreshold(metric, entry));
  });
}

function parseThreshold(metric: string, entry: ThresholdEntry): Threshold {
  const options = typeof entry === 'string' ? { threshold: entry } : entry;
  if (typeof options?.threshold !== 'string') {
    throw new TypeError(
      `expected a threshold on ${metric} to be a text such as 'p(95)<300', or { threshold, abortOnFail, delayAbortEval }, got ${describe(entry)}`,
    );
  }
  const { threshold: text, abortOnFail = false, delayAbortEval } = options;
  if (typeof abortOnFail !== 'boolean') {
    throw new TypeError(
      `expected abortOnFail of ${metric} to be true or false, got ${describe(abortOnFail)}`,
    );
  }
  const selector = parseSelector(metric);
  const known = findThresholdMetric(selector.name);
  const expression = parseExpression(text);
  if (known !== null) {
    assertAskable(text, expression, { name: selector.name, kind: known.kind, isTime: known.isTime });
    assertLimits(selector, known);
  }
  return {
    ...selector,
    ...expression,
    metric: metric.trim(),
    text: text.trim(),
    abortOnFail,
    delayAbortEvalMs: toDelayMs(metric, delayAbortEval),
  };
}

function assertLimits({ name, tags }: Selector, { limitedTo }: ThresholdMetric): void {
  const own = Object.keys(tags);
  const other = own.find((tag) => tag !== 'scenario');
  if (limitedTo === 'scenarios' && other !== undefined) {
    throw new RangeError(`${name} is counted by scenario, so ${other} cannot limit it`);
  }
  const ofRequests = own.find((tag) => REQUEST_FACTS.includes(tag));
  if (limitedTo === 'steps' && ofRequests !== undefined) {
    throw new RangeError(`${name} is counted by step, so ${ofRequests} cannot limit it`);
  }
}

function toDelayMs(metric: string, delay: unknown): number {
  if (delay === undefined) return 0;
  const delayMs = typeof delay === 'string' ? parseDuration(delay) : delay;
  if (typeof delayMs === 'number' && delayMs >= 0 && delayMs <= LONGEST_TIMER_MS) return delayMs;
  throw new RangeError(
    `expected delayAbortEval of ${metric} to be a time such as '10s', or milliseconds, got ${describe(delay)}`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
