/** Thresholds as one text, for a command line: `http_req_duration{step:login}: p(95)<300, abort after 10s`. */
import { parseDuration } from '../durations.ts';
import { split } from './parse-selector.ts';
import { parseThresholds, type ThresholdEntry, type Thresholds } from './threshold.ts';

const FORM = `'http_req_duration{step:login}: p(95)<300, abort after 10s'`;
const ABORT = /^abort(?:\s+after\s+(.+))?$/i;

/**
 * Reads `METRIC{TAG:VALUE}: EXPRESSION, EXPRESSION, abort after TIME`: tags, further expressions and the abort may be
 * left out, and `abort` alone ends the run at once. Throws a RangeError that says what is wrong.
 */
export function parseThresholdText(text: string): Thresholds {
  const [metric = '', rest, ...more] = split(text, ':');
  if (rest === undefined)
    throw new RangeError(
      `expected a metric, a colon and what is asked of it, such as ${FORM}, got "${text}"`,
    );
  const parts = split([rest, ...more].join(':'), ',').map((part) => part.trim());
  const aborts = parts.filter((part) => ABORT.test(part));
  const expressions = parts.filter((part) => !ABORT.test(part));
  const isLast = aborts.length === 0 || (aborts.length === 1 && parts.at(-1) === aborts[0]);
  if (expressions.length === 0 || !isLast) {
    throw new RangeError(
      `expected what is asked, and "abort" at the end or not at all, such as ${FORM}, got "${text}"`,
    );
  }
  const thresholds = { [metric.trim()]: expressions.map((one) => toEntry(one, aborts[0])) };
  parseThresholds(thresholds);
  return thresholds;
}

/** Both together, where they name the same metric too. */
export function joinThresholds(first: Thresholds, second: Thresholds): Thresholds {
  const joined = new Map<string, readonly ThresholdEntry[]>();
  for (const [metric, entries] of [...Object.entries(first), ...Object.entries(second)]) {
    joined.set(metric, [...(joined.get(metric) ?? []), ...[entries].flat()]);
  }
  return Object.fromEntries(joined);
}

function toEntry(threshold: string, abort: string | undefined): ThresholdEntry {
  if (abort === undefined) return threshold;
  const after = ABORT.exec(abort)?.[1];
  return after === undefined
    ? { threshold, abortOnFail: true }
    : { threshold, abortOnFail: true, delayAbortEval: parseDuration(after) };
}
