/** Spans of time as people write them: `90`, `300s`, `20m`, `3h`, `1h30m`, `250ms`. */

const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const SPAN = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** Node fires longer timers at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a number without a unit means. */
export type BareUnit = 's' | 'ms';

/** Milliseconds of a span such as `1h30m`; throws a RangeError that names the accepted spellings. */
export function parseDuration(text: string, bareUnit: BareUnit = 's'): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * UNIT_MS[bareUnit];
  const match = trimmed === '' ? null : SPAN.exec(trimmed);
  if (!match) {
    throw new RangeError(
      `expected a time such as 300s, 20m, 1h30m, 250ms or a number of ${bareUnit === 's' ? 'seconds' : 'milliseconds'}, got "${text}"`,
    );
  }
  const [, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match;
  return (
    Number(hours) * UNIT_MS.h +
    Number(minutes) * UNIT_MS.m +
    Number(seconds) * UNIT_MS.s +
    Number(milliseconds)
  );
}

/** A pause between tasks, drawn evenly between the two. */
export interface Wait {
  readonly minMs: number;
  readonly maxMs: number;
}

/** `0-50ms`, `0.5-2` (seconds), `1s`: a lower end without a unit takes that of the upper end. */
export function parseWait(text: string): Wait {
  const [lower = '', upper = lower, ...rest] = text.split('-').map((part) => part.trim());
  if (rest.length > 0) throw new RangeError(`expected a pause such as 0-50ms or 0.5-2, got "${text}"`);
  const unit = /[a-z]+$/.exec(upper)?.[0] ?? '';
  const minMs = parseDuration(/^\d+(\.\d+)?$/.test(lower) ? lower + unit : lower);
  const maxMs = parseDuration(upper);
  return assertWait({ minMs, maxMs });
}

/** Throws a RangeError unless 0 ≤ minMs ≤ maxMs. */
export function assertWait(wait: Wait): Wait {
  if (!(wait.minMs >= 0 && wait.maxMs >= wait.minMs && Number.isFinite(wait.maxMs))) {
    throw new RangeError(`expected a pause with 0 ≤ min ≤ max, got ${wait.minMs}-${wait.maxMs} ms`);
  }
  return wait;
}

/** A clock face for people: `0:07`, `4:18`, `1:30:00`. */
export function toClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
