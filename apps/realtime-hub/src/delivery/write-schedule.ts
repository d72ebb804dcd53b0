// When waiting frames are written: two thirds of what a delivery costs is the call into the system, so under load one
// call takes many frames.

export interface Flushable {
  /** The window in which it was written to; the schedule keeps it. */
  window: number;
  flush(): void;
}

/** Writing to all of a large audience takes longer than a message may wait to be read: what came meanwhile has a turn. */
const SLICE_MS = 1;
/** A look at the clock costs as much as a hundredth of a write. */
const WRITES_BETWEEN_LOOKS = 16;

/**
 * Whoever was not written to in this window is written to at the end of this turn of the event loop, together with
 * all that the turn brought; whoever was waits for the end of the window. So a quiet connection gets its message at
 * once, and a busy one gets one write in `windowMs`, or in as long as it takes to write to all.
 */
export class WriteSchedule {
  readonly #windowMs: number;
  /** In line, from `#next` on; those before were written to. */
  #line: Flushable[] = [];
  #next = 0;
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
    this.#line.push(outlet);
    this.#plan();
  }

  /** Writes everything that waits. */
  flush(): void {
    this.#write(Number.POSITIVE_INFINITY);
    this.#beginWindow();
    this.#write(Number.POSITIVE_INFINITY);
  }

  close(): void {
    this.flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #plan(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#writeSlice);
  }

  readonly #writeSlice = (): void => {
    this.#isDue = false;
    this.#write(performance.now() + SLICE_MS);
    if (this.#line.length > 0) this.#plan();
  };

  #write(until: number): void {
    const line = this.#line;
    if (line.length === 0) return;
    do {
      const outlet = line[this.#next++] as Flushable;
      outlet.window = this.#window;
      outlet.flush();
      if (this.#next === line.length) {
        this.#line = [];
        this.#next = 0;
        break;
      }
    } while (this.#next % WRITES_BETWEEN_LOOKS !== 0 || performance.now() < until);
    // A window begins after the writes: what it collects arrives while nobody writes.
    this.#timer ??= setTimeout(this.#endWindow, this.#windowMs);
  }

  readonly #endWindow = (): void => {
    this.#timer = null;
    this.#beginWindow();
  };

  /** Those who waited for it get in line behind those who still are. */
  #beginWindow(): void {
    this.#window++;
    const waiting = this.#later;
    this.#later = [];
    if (waiting.length === 0) return;
    this.#line = this.#line.length === 0 ? waiting : this.#line.slice(this.#next).concat(waiting);
    this.#next = 0;
    this.#plan();
  }
}
