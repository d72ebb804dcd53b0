/** Values of flags, read strictly: what does not fit is an InvalidArgumentError that says what was expected. */
import { InvalidArgumentError } from 'commander';
import { joinThresholds, parseThresholdText, type Thresholds } from '../checks/thresholds.ts';
import { type BareUnit, parseDuration, parseWait, type Wait } from '../durations.ts';
import { toMessage } from '../errors.ts';
import { parseStatuses } from '../users/expectation.ts';

export function readWhole(text: string): number {
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Expected a whole number above 0.');
}

export function readSeed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
}

export function readRate(text: string): number {
  const rate = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (rate > 0) return rate;
  throw new InvalidArgumentError('Expected a number of users per second above 0, such as 20 or 0.5.');
}

export function readRunTime(text: string): number {
  return readSpan(text, 's', 1);
}

/** What -t of a URL says: how long to run, or in milliseconds how long to wait for an answer. */
export interface TimeFlag {
  readonly runTimeMs?: number;
  readonly timeoutMs?: number;
}

/** No run is meant to last for a bare number of 1,000 seconds, and no request to be answered within some milliseconds. */
const LEAST_LIMIT_MS = 1000;

export function readTime(text: string): TimeFlag {
  const isLimit = /^\d+$/.test(text) && Number(text) >= LEAST_LIMIT_MS;
  return isLimit ? { timeoutMs: Number(text) } : { runTimeMs: readRunTime(text) };
}

export function readTimeLimit(text: string): number {
  return readSpan(text, 'ms', 1);
}

export function readGrace(text: string): number {
  return readSpan(text, 's', 0);
}

export function readWait(text: string): Wait {
  return convert(() => parseWait(text));
}

export function readStatuses(text: string): number[] {
  return convert(() => parseStatuses(text));
}

/** Collects `Name: value`. */
export function readHeader(
  text: string,
  earlier: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError(`Expected a header such as 'Accept: text/html'.`);
  return [...earlier, [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]];
}

/** Collects texts. */
export function readListed(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** Collects `key=value`. */
export function readOption(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Expected key=value.');
  return { ...earlier, [text.slice(0, equals).trim()]: text.slice(equals + 1) };
}

/** Collects thresholds, of which each text holds those of one metric. */
export function readThreshold(text: string, earlier: Thresholds = {}): Thresholds {
  return convert(() => joinThresholds(earlier, parseThresholdText(text)));
}

function readSpan(text: string, bareUnit: BareUnit, lowestMs: number): number {
  return convert(() => {
    const milliseconds = parseDuration(text, bareUnit);
    if (milliseconds >= lowestMs && Number.isFinite(milliseconds)) return milliseconds;
    throw new RangeError(`expected a time above 0, got "${text}"`);
  });
}

function convert<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const sentence = toMessage(error);
    throw new InvalidArgumentError(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`);
  }
}
