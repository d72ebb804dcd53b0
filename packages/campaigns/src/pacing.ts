/**
 * The grid of a run: slot n is due n gaps after its begin, measured on the time that the run has had (pauses taken
 * out). Nothing accumulates: each moment is computed from the begin, never from the one before (H12).
 */
const MS_PER_MINUTE = 60_000;

/** Milliseconds of the run's time at which slot `slot` is due. */
export function slotTimeMs(slot: number, requestsPerMinute: number): number {
  return (slot * MS_PER_MINUTE) / requestsPerMinute;
}

/** The first slot that is not over after `elapsedMs` of the run's time. */
export function firstSlotAt(elapsedMs: number, requestsPerMinute: number): number {
  return Math.max(0, Math.ceil((elapsedMs * requestsPerMinute) / MS_PER_MINUTE));
}

/** How many slots a run has; null: no end. At least one. */
export function countSlots(requestsPerMinute: number, durationMinutes: number | null): number | null {
  // 0.1 min × 600/min is 60.000…: rounding first keeps a slot from being born of floating point.
  return durationMinutes === null
    ? null
    : Math.max(1, Math.ceil(Math.round(requestsPerMinute * durationMinutes * 1e6) / 1e6));
}
