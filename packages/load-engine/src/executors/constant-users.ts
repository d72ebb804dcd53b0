/** Starts the users of one thread when the plan says so, evenly and never early. */
import { LONGEST_TIMER_MS } from '../durations.ts';
import { type LoadPlan, spawnTimeMs, usersOfThread } from '../plan/plan.ts';

export class ConstantUsers {
  readonly #plan: LoadPlan;
  readonly #indices: readonly number[];
  readonly #startUser: (index: number) => void;
  #startedAt = 0;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: LoadPlan, thread: number, threads: number, startUser: (index: number) => void) {
    this.#plan = plan;
    this.#indices = usersOfThread(plan.users, thread, threads);
    this.#startUser = startUser;
  }

  /** Begins at `startedAt`, a time of performance.now(). */
  start(startedAt: number): void {
    this.#startedAt = startedAt;
    this.#startDueUsers();
  }

  /** Starts no further user. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#next = this.#indices.length;
  }

  get hasUsersToStart(): boolean {
    return this.#next < this.#indices.length;
  }

  #startDueUsers(): void {
    while (this.hasUsersToStart) {
      const index = this.#indices[this.#next] as number;
      const waitMs = this.#startedAt + spawnTimeMs(this.#plan, index) - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#startDueUsers(), Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS));
        return;
      }
      this.#next += 1;
      this.#startUser(index);
    }
  }
}
