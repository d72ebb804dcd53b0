/**
 * Starts the iterations of one thread when the plan says so, whatever became of those before: never early, and what is
 * due in the same millisecond together, as one timer.
 */
import { ArrivalSchedule } from '../plan/arrival-schedule.ts';
import type { Segment } from '../plan/segment.ts';
import type { RunClock, RunTimer } from '../run/run-clock.ts';
import type { Executor } from './executor.ts';

export interface ArrivalExecutorOptions {
  readonly segments: readonly Segment[];
  readonly clock: RunClock;
  readonly thread: number;
  readonly threads: number;
  /** An iteration is due, and that it was to start `lateMs` ago. */
  readonly onDue: (lateMs: number) => void;
}

/** After so many starts at once the event loop has its turn: answers are read while a backlog is worked off. */
const STARTS_IN_A_TURN = 500;

export class ArrivalExecutor implements Executor {
  readonly #options: ArrivalExecutorOptions;
  readonly #schedule: ArrivalSchedule;
  readonly #timer: RunTimer;
  #isStopped = false;

  constructor(options: ArrivalExecutorOptions) {
    const { segments, thread, threads, clock } = options;
    this.#options = options;
    this.#schedule = new ArrivalSchedule(segments, thread, threads);
    this.#timer = clock.timer(() => this.follow());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.clear();
  }

  get hasMore(): boolean {
    return !this.#isStopped && this.#schedule.peek() !== null;
  }

  scale(ratePerSecond: number, atMs: number): void {
    this.#schedule.scale(ratePerSecond, atMs);
    if (this.#options.clock.isStarted) this.follow();
  }

  follow(): void {
    const { clock, onDue } = this.#options;
    for (let started = 0; !this.#isStopped; started += 1) {
      const next = this.#schedule.peek();
      if (next === null) return;
      const lateMs = clock.elapsedMs - next.atMs;
      if (lateMs < 0 || started === STARTS_IN_A_TURN) {
        this.#timer.set(next.atMs);
        return;
      }
      this.#schedule.take();
      onDue(lateMs);
    }
  }
}
