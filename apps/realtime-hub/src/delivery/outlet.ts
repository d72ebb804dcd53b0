// The way out to one connection: frames in their order, in as few writes as it takes, and never more than a limit.
import type { Batch } from './batch.ts';
import type { Frame } from './frame.ts';
import type { Wire } from './wire.ts';
import type { WriteSchedule } from './write-schedule.ts';

export interface OutletOptions {
  readonly wire: Wire;
  readonly schedule: WriteSchedule;
  /** What may wait here and in the wire together; a frame that does not fit in is not taken. */
  readonly maxQueuedBytes: number;
  /** The other side does not read: called once, and from then on nothing is taken. */
  readonly onOverflow: () => void;
}

/** A batch of this size is written without waiting for more: the system takes it from here. */
const FULL_BATCH_BYTES = 64 * 1024;

export class Outlet {
  /** The window of the schedule in which it was written to. */
  window = -1;
  readonly #wire: Wire;
  readonly #schedule: WriteSchedule;
  readonly #onOverflow: () => void;
  /** What may wait here beside what the wire held when the batch began: it holds no more until that is written. */
  #room = 0;
  readonly #maxQueuedBytes: number;
  #waiting: Batch | null = null;
  #isClosed = false;

  constructor({ wire, schedule, maxQueuedBytes, onOverflow }: OutletOptions) {
    this.#wire = wire;
    this.#schedule = schedule;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#onOverflow = onOverflow;
  }

  /** False when the frame was not taken. */
  send(frame: Frame): boolean {
    if (this.#isClosed) return false;
    const waiting = this.#waiting;
    // This is what a delivery costs beside its write: of a batch that goes on, only what lies here is looked at.
    if (waiting === null) this.#room = this.#measureRoom();
    const longer = waiting === null ? frame.alone : waiting.with(frame.bytes);
    if (longer.bytes > this.#room && longer.bytes > this.#measureRoom()) {
      this.#overflow();
      return false;
    }
    this.#waiting = longer;
    if (longer.bytes >= FULL_BATCH_BYTES) this.flush();
    else if (waiting === null) this.#schedule.add(this);
    return true;
  }

  /** Writes what waits. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    this.#wire.write(waiting.toBuffer());
  }

  /** Writes what waits, and takes nothing more. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  #measureRoom(): number {
    return this.#maxQueuedBytes - this.#wire.queuedBytes;
  }

  #overflow(): void {
    this.#isClosed = true;
    this.#waiting = null;
    this.#onOverflow();
  }
}
