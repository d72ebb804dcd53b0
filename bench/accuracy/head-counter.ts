/** Counts requests without a body in a stream of bytes, however it is cut: each ends with an empty line. */
const [CR, LF] = [13, 10];
const END = [CR, LF, CR, LF];

export class HeadCounter {
  #matched = 0;

  /** How many requests end in these bytes. */
  count(bytes: Uint8Array): number {
    let found = 0;
    for (const byte of bytes) {
      if (byte === END[this.#matched]) this.#matched += 1;
      else this.#matched = byte === CR ? 1 : 0;
      if (this.#matched < END.length) continue;
      this.#matched = 0;
      found += 1;
    }
    return found;
  }
}
