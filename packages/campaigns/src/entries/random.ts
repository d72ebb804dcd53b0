// Draws that depend on a seed and a slot only: the same slot draws the same, in whichever process and however often.

/** SplitMix32: one multiplication chain per draw, good enough for content and as fast as it gets. */
export class SlotRandom {
  readonly #seed: number;
  #state = 0;

  constructor(seed: number) {
    this.#seed = mix(seed);
  }

  /** Begins the draws of a slot; `stream` keeps draws for different purposes apart. */
  begin(slot: number, stream: number): void {
    // A slot may exceed 32 bits: both halves count.
    const high = Math.floor(slot / 0x1_0000_0000);
    this.#state = mix(this.#seed ^ mix((slot >>> 0) + Math.imul(stream + 1, 0x9e3779b9)) ^ mix(high + 1));
  }

  /** 0 to 4,294,967,295. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state) >>> 0;
  }

  /** 0 to count - 1. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count);
  }

  /** Of one of the values; an only one costs no draw. */
  indexOf(values: readonly unknown[]): number {
    return values.length <= 1 ? 0 : this.below(values.length);
  }

  /** One of at least one value. */
  choose<Value>(values: readonly Value[]): Value {
    return values[this.indexOf(values)] as Value;
  }

  /** 0 to 1, without 1. */
  share(): number {
    return this.next() / 0x1_0000_0000;
  }
}

/** A bijection of 32 bits without pattern. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
