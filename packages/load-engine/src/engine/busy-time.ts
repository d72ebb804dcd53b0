/** The time that a rate of requests is over: from the first on, until nothing was under way any more. */

export class BusyTime {
  #startedAt = Number.NaN;
  #endedAt = Number.NaN;
  #underWay = 0;

  begin(now = performance.now()): void {
    this.#startedAt = Number.isNaN(this.#startedAt) ? now : Math.min(this.#startedAt, now);
    this.#underWay += 1;
  }

  end(now = performance.now()): void {
    this.#underWay -= 1;
    this.#endedAt = Number.isNaN(this.#endedAt) ? now : Math.max(this.#endedAt, now);
  }

  /** Forgets what was; what is under way counts from now on. */
  reset(now = performance.now()): void {
    this.#startedAt = this.#underWay > 0 ? now : Number.NaN;
    this.#endedAt = Number.NaN;
  }

  seconds(now = performance.now()): number {
    if (Number.isNaN(this.#startedAt)) return 0;
    return Math.max(0, (this.#underWay > 0 ? now : this.#endedAt) - this.#startedAt) / 1000;
  }
}

/** The part of a load run in it: from its first user to the end of the last, without what comes before and after. */
export class RunTime {
  readonly #busy: BusyTime;
  #startedAt: number | null = null;
  #endedAt: number | null = null;

  constructor(busy: BusyTime) {
    this.#busy = busy;
  }

  /** `elapsedMs` since its first user; null before. */
  look(elapsedMs: number | null): void {
    if (this.#startedAt !== null || elapsedMs === null) return;
    this.#startedAt = performance.now() - elapsedMs;
    this.#busy.begin(this.#startedAt);
  }

  measured({ durationMs }: { readonly durationMs: number }): void {
    if (this.#startedAt !== null) this.#endedAt = this.#startedAt + durationMs;
  }

  stop(): void {
    if (this.#startedAt !== null) this.#busy.end(this.#endedAt ?? performance.now());
  }
}
