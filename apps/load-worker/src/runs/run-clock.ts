/**
 * The time of a run: what it has had, pauses taken out, in milliseconds. It is bound to the monotonic clock at the claim,
 * and to the server's clock for timestamps: what the clock of this machine says, or does, moves nothing.
 */
import type { OwnedRun } from '@trafficflux/campaigns';

export interface RunClock {
  /** The run's time at a moment of `performance.now()`. */
  toRunMs(moment: number): number;
  /** And back. */
  toMoment(runMs: number): number;
  /** Whole Unix milliseconds. */
  toUnixMs(runMs: number): number;
}

/** `claimedAt` is the moment at which the claim was answered: never before the server's own, so nothing is early. */
export function createRunClock(
  { elapsedMs, serverTime }: Pick<OwnedRun, 'elapsedMs' | 'serverTime'>,
  claimedAt: number,
): RunClock {
  return {
    toRunMs: (moment) => elapsedMs + moment - claimedAt,
    toMoment: (runMs) => claimedAt + runMs - elapsedMs,
    toUnixMs: (runMs) => Math.round(serverTime + runMs - elapsedMs),
  };
}
