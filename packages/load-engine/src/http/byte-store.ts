// Bytes of a response that somebody asked for: grows as they arrive, up to a limit, and is reused.

const FIRST_BYTES = 512;
/** A store that once held more than this gives its memory back when it is cleared. */
const KEEP_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

export class ByteStore {
  bytes: Buffer = NOTHING;
  length = 0;

  /** Takes as much of `source` from `start` to `end` as the limit allows, and says how much that was. */
  append(source: Uint8Array, start: number, end: number, limit: number): number {
    const taken = Math.min(end - start, limit - this.length);
    if (taken <= 0) return 0;
    const length = this.length + taken;
    if (length > this.bytes.length) this.grow(length);
    this.bytes.set(source.subarray(start, start + taken), this.length);
    this.length = length;
    return taken;
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEEP_BYTES) this.bytes = NOTHING;
  }

  private grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2, FIRST_BYTES));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
