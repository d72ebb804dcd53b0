/** When each slot of a run is due: the fixed grid, each place moved by its own jitter, which never accumulates (H12). */
import { type EntryGenerator, type OwnedRun, slotTimeMs } from '@trafficflux/campaigns';

const MS_PER_MINUTE = 60_000;

export interface Grid {
  /** The first slot to make, and the one after the last; infinite without a duration. */
  readonly firstSlot: number;
  readonly endSlot: number;
  readonly gapMs: number;
  /** The run's time at which it ends; infinite without a duration. */
  readonly endMs: number;
  /** The run's time at the claim: before it, nobody was there to do anything. */
  readonly claimedMs: number;
  /** The run's time at which the slot is due. Ascends with the slots. */
  momentOf(slot: number): number;
}

export function createGrid(owned: OwnedRun, generator: Pick<EntryGenerator, 'jitter'>): Grid {
  const { requestsPerMinute, durationMinutes } = owned.plan;
  const gapMs = MS_PER_MINUTE / requestsPerMinute;
  const endMs = durationMinutes === null ? Number.POSITIVE_INFINITY : durationMinutes * MS_PER_MINUTE;
  return {
    firstSlot: owned.nextSlot,
    endSlot: owned.slots ?? Number.POSITIVE_INFINITY,
    gapMs,
    endMs,
    claimedMs: owned.elapsedMs,
    momentOf(slot) {
      const moment = slotTimeMs(slot, requestsPerMinute) + generator.jitter(slot) * gapMs;
      // Jitter moves nothing out of the run.
      return Math.min(Math.max(moment, 0), endMs);
    },
  };
}
