/** What the users of one thread ask before they go on, and what they report to when they are through. */

/** How far a thread's run has got: users go on, finish what is in flight, or are cut off. */
export type GateState = 'open' | 'closing' | 'cut';

export class Gate {
  state: GateState = 'open';
  /** Why exchanges that are still in flight when the run is cut off count as failed. */
  cutReason = '';
  readonly #limit: number;
  readonly #started: Uint32Array | null;
  readonly #onExhausted: () => void;

  /** `shared` counts the iterations of all threads; null when they are not limited. */
  constructor(limit: number | null, shared: SharedArrayBuffer | null, onExhausted: () => void) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#started = limit !== null && shared ? new Uint32Array(shared) : null;
    this.#onExhausted = onExhausted;
  }

  /** Whether one more iteration may start; it then counts as started. */
  admit(): boolean {
    if (this.state !== 'open') return false;
    if (this.#started === null) return true;
    if (Atomics.load(this.#started, 0) >= this.#limit) return false;
    const earlier = Atomics.add(this.#started, 0, 1);
    if (earlier === this.#limit - 1) this.#onExhausted();
    return earlier < this.#limit;
  }

  /** Whether no further iteration will be admitted. */
  get isSpent(): boolean {
    return this.state !== 'open' || (this.#started !== null && Atomics.load(this.#started, 0) >= this.#limit);
  }
}
