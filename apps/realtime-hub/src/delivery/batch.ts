// Frames that wait to be written together. Those for whom the same frames wait share one batch, and one buffer.

/**
 * A list that only grows at its end: `with` returns the longer one, and the same one to everybody who adds the same
 * frame. So a message to ten thousand subscribers costs each of them a comparison, and its bytes are joined once.
 */
export class Batch {
  /** Of all its frames. */
  readonly bytes: number;
  readonly #before: Batch | null;
  readonly #last: Buffer;
  #longer: Batch | null = null;
  #joined: Buffer | null;

  constructor(before: Batch | null, last: Buffer) {
    this.#before = before;
    this.#last = last;
    this.bytes = (before?.bytes ?? 0) + last.length;
    this.#joined = before === null ? last : null;
  }

  with(frame: Buffer): Batch {
    const known = this.#longer;
    if (known !== null && known.#last === frame) return known;
    const longer = new Batch(this, frame);
    this.#longer = longer;
    return longer;
  }

  /** All frames in their order. */
  toBuffer(): Buffer {
    this.#joined ??= this.#join();
    return this.#joined;
  }

  #join(): Buffer {
    const joined = Buffer.allocUnsafe(this.bytes);
    let end = this.bytes;
    for (let batch: Batch | null = this; batch !== null; batch = batch.#before) {
      end -= batch.#last.length;
      batch.#last.copy(joined, end);
    }
    return joined;
  }
}
