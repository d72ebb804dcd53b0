/**
 * The grid of a run: slot n is due n gaps after its begin, measured on the time that the run has had (pauses taken
 * out). Nothing accumulates: each moment is computed from the begin, never from the one before (H12).
 */
const MS_PER_MINUTE = 60_000;

/** Milliseconds of the run's time at which slot `slot` is due. */
export function slotTimeMs(slot: number, requestsPerMinute: number): number {
  return (slot * MS_PER_MINUTE) / requestsPerMinute;
}

/** What a slot may seem to be over by, in slots: the time of slot n, computed and turned back, is slot n. */
export const SLOT_ROUNDING = 1e-5;

/** The first slot that is not over after `elapsedMs` of the run's time. */
export function firstSlotAt(elapsedMs: number, requestsPerMinute: number): number {
  return Math.max(0, Math.ceil((elapsedMs * requestsPerMinute) / MS_PER_MINUTE - SLOT_ROUNDING));
}

/** How many slots a run has; null: no end. At least one. */
export function countSlots(requestsPerMinute: number, durationMinutes: number | null): number | null {
  // 0.1 min × 600/min is 60.000…: rounding first keeps a slot from being born of floating point.
  if (durationMinutes === null) return null;
  const slots = Math.ceil(Math.round(requestsPerMinute * durationMinutes * 1e6) / 1e6);
  return Math.min(Math.max(1, slots), Number.MAX_SAFE_INTEGER);
}
