/** One timer for all runs: at each look it does what is due, and sets itself for what is due next. */
import type { CampaignRun } from './campaign-run.ts';
import type { Runs } from './runs.ts';

/** It looks at least this often. */
const LOOK_MS = 250;
/** Starts that are due within it share one look. */
const LEAST_PAUSE_MS = 1;
/**
 * A live request starts only while it is this short a time since the run was seen to be this worker's, so that none
 * starts later than one second after a stop was acknowledged (H12).
 */
const CONFIRMED_FOR_MS = 900;

export interface PaceOptions {
  readonly runs: Runs;
  /** Between two looks of a process that is not frozen, far less goes by. */
  readonly frozenAfterMs: number;
  /** The first entries of a run are there. */
  readonly onUrgent: () => void;
  /** All slots of the run are over, and stored. */
  readonly onOver: (run: CampaignRun) => void;
  /** It could not store anything for too long. */
  readonly onStuck: (run: CampaignRun) => void;
  /** The process did nothing for longer than a lease lasts. */
  readonly onFrozen: () => void;
}

export class Pace {
  readonly #options: PaceOptions;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = performance.now();
  #isClosed = false;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#await(LOOK_MS);
  }

  look(): void {
    if (this.#isClosed) return;
    const { frozenAfterMs, onFrozen, onUrgent } = this.#options;
    const now = performance.now();
    const isFrozen = now - this.#lookedAt > frozenAfterMs;
    this.#lookedAt = now;
    if (isFrozen) onFrozen();
    const { nextAt, isUrgent } = this.#advanceAll(now);
    if (isUrgent) onUrgent();
    this.#await(nextAt - performance.now());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #advanceAll(now: number): { readonly nextAt: number; readonly isUrgent: boolean } {
    const { runs, onOver, onStuck } = this.#options;
    let nextAt = now + LOOK_MS;
    let isUrgent = false;
    for (const run of runs) {
      if (run.dueAt <= now) run.advance(now, now - run.confirmedAt <= CONFIRMED_FOR_MS);
      if (run.dueAt < nextAt) nextAt = run.dueAt;
      isUrgent ||= run.isUrgent;
      if (run.isOver(now)) onOver(run);
      else if (run.isStuck(now)) onStuck(run);
    }
    return { nextAt, isUrgent };
  }

  #await(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), Math.max(LEAST_PAUSE_MS, pauseMs));
  }
}
