/** Whether a run measured the server, or its own generator (H17). */
import { formatCount, formatMs, formatPercent } from '../report/format.ts';

export interface Verdict {
  readonly valid: boolean;
  /** Why not, as sentences; empty for a valid run. */
  readonly reasons: readonly string[];
}

export const VALID: Verdict = { valid: true, reasons: [] };

export interface VerdictFacts {
  /** Starts by the clock until the end of the run; null without any. */
  readonly planned: number | null;
  readonly started: number;
  /** Of starts, in milliseconds; null where nothing started. */
  readonly meanLatenessMs: number | null;
  /** Of all response times; null where nothing was measured. */
  readonly p50Ms: number | null;
}

/** What is due in the same millisecond starts together: so much lateness is the plan's, not the generator's. */
const TICK_MS = 1;
const LATE_SHARE = 0.1;
const MISSED_SHARE = 0.01;

/**
 * INVALID when the generator's own lateness exceeds 10 % of the reported p50, or more than 1 % of the planned starts
 * were missed. A busy CPU or event loop alone is a warning.
 */
export function judge({ planned, started, meanLatenessMs, p50Ms }: VerdictFacts): Verdict {
  const reasons: string[] = [];
  const missed = planned === null ? 0 : planned - started;
  if (planned !== null && missed > planned * MISSED_SHARE) {
    reasons.push(
      `${formatCount(missed)} of ${formatCount(planned)} planned starts (${formatPercent(missed / planned)}) were missed: all users were busy, or the generator was too slow. Give it more users, more threads or less to do.`,
    );
  }
  const lateMs = Math.max(0, (meanLatenessMs ?? 0) - TICK_MS);
  if (p50Ms !== null && lateMs > p50Ms * LATE_SHARE) {
    reasons.push(
      `The generator itself started requests ${formatMs(lateMs)} ms late on average, more than a tenth of the median response time of ${formatMs(p50Ms)} ms: the times are as much its own as the server's.`,
    );
  }
  return reasons.length === 0 ? VALID : { valid: false, reasons };
}
