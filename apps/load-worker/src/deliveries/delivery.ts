/** How the requests of a run are made. Two sides keep this promise: `delivery-simulated.ts` and `delivery-live.ts`. */
import type { Outcome } from '@trafficflux/campaigns';

/** A request that is over. Times are the run's, in milliseconds. */
export interface Finished {
  readonly slot: number;
  readonly startedMs: number;
  readonly completedMs: number;
  readonly outcome: Outcome;
}

/** What happened beside the finished requests. */
export interface Tally {
  readonly sent: number;
  readonly missed: number;
}

export interface Delivery {
  /**
   * Does what is due at `runMs`, and returns the run's time at which something is due again; infinite if nothing is
   * before a request under way is over. No live request starts unless it may.
   */
  advance(runMs: number, mayStart: boolean): number;
  /** Whether finished requests wait to be taken. */
  readonly hasFinished: boolean;
  /** Takes finished requests in the order of their completion, at most `limit`. */
  take(limit: number): Finished[];
  /** Since somebody asked. */
  takeTally(): Tally;
  /** Since the beginning. */
  readonly total: Tally;
  /** Slots below this one were taken, are under way, or were missed. */
  readonly nextSlot: number;
  /** Requests under way that this process really waits for. */
  readonly underWay: number;
  /** Nothing is left to make, to wait for or to take. */
  readonly isDone: boolean;
  /** Gives up what is under way. */
  close(): void;
}
