/**
 * Response times over time in the log format 1.3 of HdrHistogram, for its tools and plotters: a line per interval, of
 * all steps without a tag and of each step under its name. Values are microseconds from the intended start.
 */
import type { Histogram } from '../../record/histogram.ts';
import { encodeHistogram } from './hdr-encoding.ts';

/** What was counted in some stretch of a run. */
export interface HdrInterval {
  /** From the start of the log, in milliseconds. */
  readonly startMs: number;
  readonly lengthMs: number;
  /** Of one step; all steps together without. */
  readonly tag?: string | undefined;
  readonly times: Histogram;
}

/** A whole log; `startedAt` is Unix time in milliseconds. */
export function toHdrLog(startedAt: number, intervals: Iterable<HdrInterval>): string {
  return toHdrLogHead(startedAt) + Array.from(intervals, toHdrLogLine).join('');
}

/** What stands above the intervals. */
export function toHdrLogHead(startedAt: number): string {
  const seconds = (startedAt / 1000).toFixed(3);
  return [
    '#[Response times in microseconds, from the intended start]',
    '#[Histogram log format version 1.3]',
    `#[BaseTime: ${seconds} (seconds since epoch)]`,
    `#[StartTime: ${seconds} (seconds since epoch), ${new Date(startedAt).toUTCString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    '',
  ].join('\n');
}

/** Of the interval; its maximum in milliseconds, as the format has it by default. */
export function toHdrLogLine({ startMs, lengthMs, tag, times }: HdrInterval): string {
  const name = tag === undefined ? '' : `Tag=${toTag(tag)},`;
  const max = ((times.maxUs ?? 0) / 1000).toFixed(3);
  return `${name}${(startMs / 1000).toFixed(3)},${(lengthMs / 1000).toFixed(3)},${max},${encodeHistogram(times)}\n`;
}

/** Commas, spaces and line breaks end a tag. */
function toTag(name: string): string {
  return name.replace(/[\0-\x20\x7f-\x9f\s,]+/g, '_');
}
