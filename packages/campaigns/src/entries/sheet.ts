// Bytes that are written once and leave the process as they are. Joining strings instead costs five times as much: every
// chain of them is walked and copied again before it can be sent.

const ZERO = 48;
const FIRST_BYTES = 64 * 1024;
/** Room that is made before a number: the longest has 16 digits. */
const NUMBER_BYTES = 32;
/** Up to here numbers are integers to the machine, which divides them several times as fast. */
const MAX_SMALL = 0x3fff_ffff;
const POINT = 46;

export class Sheet {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What stands there from `start` to `end`, once more. */
  putAgain(start: number, end: number): void {
    this.#makeRoom(end - start);
    this.#bytes.copyWithin(this.#length, start, end);
    this.#length += end - start;
  }

  putText(text: string): void {
    this.#makeRoom(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** A whole number from 0. */
  putNumber(number: number): void {
    let width = 1;
    for (let limit = 10; number >= limit; limit *= 10) width++;
    this.putDigits(number, width);
  }

  /** The last `width` digits of a whole number from 0, with leading zeros. */
  putDigits(number: number, width: number): void {
    this.#makeRoom(NUMBER_BYTES);
    writeDigits(this.#bytes, this.#length, number, width);
    this.#length += width;
  }

  /** A whole number from 0 as so many of a unit, with as many decimals as say. */
  putDecimal(number: number, decimals: 2 | 3): void {
    const unit = decimals === 2 ? 100 : 1000;
    const whole = Math.floor(number / unit);
    this.putNumber(whole);
    this.#bytes[this.#length++] = POINT;
    this.putDigits(number - whole * unit, decimals);
  }

  /** What was written, until more is. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  toText(start = 0): string {
    return this.#bytes.toString('utf8', start, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  #makeRoom(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** A text as the bytes that it becomes. */
export function toBytes(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Writes the last `width` digits of a whole number from 0. */
export function writeDigits(bytes: Uint8Array, at: number, number: number, width: number): void {
  let rest = number;
  let end = at + width - 1;
  for (; rest > MAX_SMALL && end >= at; end--) {
    const tens = Math.floor(rest / 10);
    bytes[end] = ZERO + (rest - tens * 10);
    rest = tens;
  }
  for (let small = rest | 0; end >= at; end--) {
    const tens = (small / 10) | 0;
    bytes[end] = ZERO + (small - tens * 10);
    small = tens;
  }
}
