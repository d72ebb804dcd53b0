// When waiting frames are written: two thirds of what a delivery costs is the call into the system, so under load one
// call takes many frames.

export interface Flushable {
  /** The window in which it was written to; the schedule keeps it. */
  window: number;
  flush(): void;
}

/**
 * Whoever was not written to in this window is written to at the end of this turn of the event loop, together with
 * all that the turn brought; whoever was waits for the end of the window. So a quiet connection gets its message at
 * once, and a busy one gets one write in `windowMs`.
 */
export class WriteSchedule {
  readonly #windowMs: number;
  #soon: Flushable[] = [];
  #later: Flushable[] = [];
  #window = 0;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(outlet: Flushable): void {
    if (outlet.window === this.#window) {
      this.#later.push(outlet);
      return;
    }
    this.#soon.push(outlet);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#flushSoon);
  }

  /** Writes everything that waits. */
  flush(): void {
    this.#flushSoon();
    this.#flushLater();
  }

  close(): void {
    this.flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #flushSoon = (): void => {
    this.#isDue = false;
    const outlets = this.#soon;
    this.#soon = [];
    this.#write(outlets);
  };

  #flushLater(): void {
    const outlets = this.#later;
    this.#later = [];
    this.#write(outlets);
  }

  #write(outlets: readonly Flushable[]): void {
    if (outlets.length === 0) return;
    for (const outlet of outlets) {
      outlet.window = this.#window;
      outlet.flush();
    }
    // A window begins after the writes: what it collects arrives while nobody writes.
    this.#timer ??= setTimeout(this.#endWindow, this.#windowMs);
  }

  readonly #endWindow = (): void => {
    this.#timer = null;
    this.#window++;
    this.#flushLater();
  };
}
