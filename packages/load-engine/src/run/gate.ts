/** What the users of one load in one thread ask before they go on, and what they report to when they are through. */

/** How far the load has got: users go on, rest, finish what is in flight, or are cut off. */
export type GateState = 'open' | 'paused' | 'closing' | 'cut';

export class Gate {
  /** Why exchanges that are still in flight when the run is cut off count as failed. */
  cutReason = '';
  #state: GateState = 'open';
  readonly #limit: number;
  readonly #started: Uint32Array | null;
  readonly #onExhausted: () => void;
  #parked: (() => void)[] = [];

  /** `shared` counts the iterations of all threads; null when they are not limited. */
  constructor(limit: number | null, shared: SharedArrayBuffer | null, onExhausted: () => void) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#started = limit !== null && shared ? new Uint32Array(shared) : null;
    this.#onExhausted = onExhausted;
  }

  get state(): GateState {
    return this.#state;
  }

  /** The load is over, but for what is in flight. */
  get isOver(): boolean {
    return this.#state === 'closing' || this.#state === 'cut';
  }

  /** Whether one more iteration may start; it then counts as started. */
  admit(): boolean {
    if (this.#state !== 'open') return false;
    if (this.#started === null) return true;
    if (Atomics.load(this.#started, 0) >= this.#limit) return false;
    const earlier = Atomics.add(this.#started, 0, 1);
    if (earlier === this.#limit - 1) this.#onExhausted();
    return earlier < this.#limit;
  }

  /** Whether no further iteration will be admitted. */
  get isSpent(): boolean {
    return this.isOver || (this.#started !== null && Atomics.load(this.#started, 0) >= this.#limit);
  }

  /** Calls back when the pause is over, or the load. */
  park(goOn: () => void): void {
    this.#parked.push(goOn);
  }

  pause(): void {
    if (this.#state === 'open') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'open';
    this.#unpark();
  }

  close(): void {
    if (this.isOver) return;
    this.#state = 'closing';
    this.#unpark();
  }

  cut(reason: string): void {
    if (this.#state === 'cut') return;
    this.#state = 'cut';
    this.cutReason = reason;
    this.#unpark();
  }

  #unpark(): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const goOn of parked) goOn();
  }
}
