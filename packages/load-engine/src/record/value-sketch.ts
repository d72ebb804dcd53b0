/**
 * Counts values of any size and sign in bounded memory: fractions, negative numbers, bytes, prices.
 *
 * Values share a slot when sign, exponent and the first bits of their binary fraction agree, so a slot is never wider
 * than 1/1,024 of its value. Each remembers the largest value it got: percentiles are values that really came. Beyond
 * `MAX_SLOTS` two neighbours become one (as in OpenTelemetry's exponential histograms): values over five powers of two
 * keep 1/1,024, over six powers of ten 1/256. What comes out does not depend on the order of adding and merging.
 */

const MAX_SLOTS = 5120;
/** The upper half of a double has sign, exponent and 20 bits of fraction: without the last 10 it is the finest slot. */
const FINEST_SHIFT = 10;

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
double[0] = 1;
/** Where the upper half lies, on machines of either byte order. */
const UPPER = halves[0] === 0 ? 1 : 0;

/** A sketch on its way between threads: slots as `key, count, largest` one after the other. */
export interface SketchDelta {
  readonly shift: number;
  readonly slots: Float64Array;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

interface Slot {
  count: number;
  largest: number;
}

export class ValueSketch {
  #shift = FINEST_SHIFT;
  #slots = new Map<number, Slot>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** The value must be finite. */
  add(value: number): void {
    this.#addSlot(toKey(value, this.#shift), 1, value);
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  /** Exact, as are the average and the maximum; null when nothing was added. */
  get min(): number | null {
    return this.#count === 0 ? null : this.#min;
  }

  get average(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }

  /** The value that `percentile` percent (0–100) of the others do not exceed; null when nothing was added. */
  percentile(percentile: number): number | null {
    return this.percentiles([percentile])[0] ?? null;
  }

  /** Several percentiles in one pass; they must ascend. */
  percentiles(percentiles: readonly number[]): (number | null)[] {
    if (this.#count === 0) return percentiles.map(() => null);
    const found: number[] = [];
    let seen = 0;
    for (const { count, largest } of this.#ascending()) {
      seen += count;
      while (found.length < percentiles.length && seen >= this.#rankOf(percentiles[found.length] ?? 100)) {
        found.push(largest);
      }
    }
    return percentiles.map((_, index) => found[index] ?? this.#max);
  }

  /** What was added since the last call. */
  takeDelta(): SketchDelta {
    const slots = new Float64Array(this.#slots.size * 3);
    let offset = 0;
    for (const [key, { count, largest }] of this.#slots) {
      slots.set([key, count, largest], offset);
      offset += 3;
    }
    const delta = { shift: this.#shift, slots, sum: this.#sum, min: this.#min, max: this.#max };
    this.#shift = FINEST_SHIFT;
    this.#slots = new Map();
    this.#count = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    return delta;
  }

  merge({ shift, slots, sum, min, max }: SketchDelta): void {
    this.#coarsen(shift);
    for (let offset = 0; offset < slots.length; offset += 3) {
      const [key = 0, count = 0, largest = 0] = slots.subarray(offset, offset + 3);
      this.#addSlot(key >>> (this.#shift - shift), count, largest);
    }
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /** A copy of all that was added. */
  static of(sketches: readonly ValueSketch[]): ValueSketch {
    const all = new ValueSketch();
    for (const one of sketches) {
      all.#coarsen(one.#shift);
      for (const [key, { count, largest }] of one.#slots) {
        all.#addSlot(key >>> (all.#shift - one.#shift), count, largest);
      }
      all.#sum += one.#sum;
      all.#min = Math.min(all.#min, one.#min);
      all.#max = Math.max(all.#max, one.#max);
    }
    return all;
  }

  #addSlot(key: number, count: number, largest: number): void {
    const slot = this.#slots.get(key);
    if (slot) {
      slot.count += count;
      slot.largest = Math.max(slot.largest, largest);
    } else {
      this.#slots.set(key, { count, largest });
    }
    this.#count += count;
    while (this.#slots.size > MAX_SLOTS) this.#coarsen(this.#shift + 1);
  }

  #coarsen(shift: number): void {
    if (shift <= this.#shift) return;
    const slots = this.#slots;
    const by = shift - this.#shift;
    const before = this.#count;
    this.#shift = shift;
    this.#slots = new Map();
    for (const [key, { count, largest }] of slots) this.#addSlot(key >>> by, count, largest);
    this.#count = before;
  }

  /** Slots do not overlap: they are in the order of their largest values. */
  #ascending(): Slot[] {
    return [...this.#slots.values()].sort((left, right) => left.largest - right.largest);
  }

  /** As in `Histogram`: without the correction 99.99 % of 10,000 would be one too many. */
  #rankOf(percentile: number): number {
    const exact = (percentile * this.#count) / 100;
    return Math.max(1, Math.ceil(exact - exact * 1e-12));
  }
}

function toKey(value: number, shift: number): number {
  // -0 is 0.
  double[0] = value === 0 ? 0 : value;
  return (halves[UPPER] as number) >>> shift;
}
