/** Lets the users of one thread come and go as the plan says: evenly, and never early. */
import type { Segment } from '../plan/segment.ts';
import { UserSchedule } from '../plan/user-schedule.ts';
import type { RunClock, RunTimer } from '../run/run-clock.ts';
import type { Executor } from './executor.ts';

export interface UserExecutorOptions {
  readonly segments: readonly Segment[];
  readonly clock: RunClock;
  /** This thread has every user whose index is `thread` modulo `threads`. */
  readonly thread: number;
  readonly threads: number;
  readonly startUser: (index: number) => void;
  readonly stopUser: (index: number) => void;
}

export class UserExecutor implements Executor {
  readonly #options: UserExecutorOptions;
  readonly #schedule: UserSchedule;
  readonly #timer: RunTimer;
  #isStopped = false;

  constructor(options: UserExecutorOptions) {
    this.#options = options;
    this.#schedule = new UserSchedule(options.segments);
    this.#timer = options.clock.timer(() => this.follow());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.clear();
  }

  get hasMore(): boolean {
    return !this.#isStopped && this.#schedule.peek() !== null;
  }

  scale(users: number, atMs: number): void {
    this.#schedule.scale(users, atMs);
    if (this.#options.clock.isStarted) this.follow();
  }

  follow(): void {
    const { clock, thread, threads, startUser, stopUser } = this.#options;
    while (!this.#isStopped) {
      const change = this.#schedule.peek();
      if (change === null) return;
      if (change.atMs > clock.elapsedMs) {
        this.#timer.set(change.atMs);
        return;
      }
      this.#schedule.take();
      if (change.index % threads !== thread) continue;
      if (change.kind === 'start') startUser(change.index);
      else stopUser(change.index);
    }
  }
}
