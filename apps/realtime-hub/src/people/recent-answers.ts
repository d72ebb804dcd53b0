// What a store said lately, for while it is away: for a minute, and in bounded memory.

interface Entry<Value> {
  readonly value: Value;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export class RecentAnswers<Value> {
  readonly #keptForMs: number;
  readonly #maxEntries: number;
  /** In the order of their age, the oldest first. */
  readonly #entries = new Map<string, Entry<Value>>();

  constructor({ keptForMs, maxEntries }: { readonly keptForMs: number; readonly maxEntries: number }) {
    this.#keptForMs = keptForMs;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  set(key: string, value: Value, nowMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, at: nowMs });
  }

  find(key: string, nowMs: number): Value | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || nowMs - entry.at > this.#keptForMs ? undefined : entry.value;
  }

  /** Drops what is too old, and the oldest of what is too much. */
  prune(nowMs: number): void {
    for (const [key, { at }] of this.#entries) {
      if (nowMs - at <= this.#keptForMs && this.#entries.size <= this.#maxEntries) return;
      this.#entries.delete(key);
    }
  }
}
