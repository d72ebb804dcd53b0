/**
 * Counts response times from 1 µs to 1 h with three significant digits, in constant memory.
 *
 * The layout is that of HdrHistogram: values below 2,048 µs have a slot each; above, every power of two is
 * cut into 1,024 slots, so a slot is never wider than 1/1,024 of its value. Slots live in pages that are
 * allocated when first used: a service that answers in 1–4 ms costs three pages (24 KB), all of them 184 KB.
 */

const PAGE_BITS = 10;
const PAGE_SLOTS = 1 << PAGE_BITS;
const SLOT_MASK = PAGE_SLOTS - 1;
/** Places of the totals; times in microseconds. */
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const EMPTY_TOTALS = [0, 0, Number.POSITIVE_INFINITY, 0] as const;
/** Header of the serialised form, in 64-bit words: the totals, and a bitmap of the pages that follow. */
const HEADER_WORDS = EMPTY_TOTALS.length + 1;

/** The largest value with a slot of its own: one hour. Longer times count as this, only `max` knows better. */
export const HIGHEST_US = 3_600_000_000;

const PAGE_COUNT = (slotOf(HIGHEST_US) >>> PAGE_BITS) + 1;

export class Histogram {
  #pages: (Float64Array | undefined)[] = new Array(PAGE_COUNT).fill(undefined);
  // In an array of doubles, since a field that holds one is a new object at each write.
  readonly #totals = new Float64Array(EMPTY_TOTALS);

  /** Counts one time in milliseconds (fractions allowed), rounded to whole microseconds. */
  record(milliseconds: number): void {
    this.recordUs(Math.round(milliseconds * 1000));
  }

  /** Counts one time in whole microseconds; what is below 0 or no number counts as 0. */
  recordUs(value: number): void {
    // biome-ignore lint/complexity/useMathMinMax: Math.max would let NaN through
    const us = value > 0 ? value : 0;
    const slot = slotOf(Math.min(us, HIGHEST_US));
    const page = this.#pages[slot >>> PAGE_BITS] ?? this.#addPage(slot >>> PAGE_BITS);
    page[slot & SLOT_MASK] = (page[slot & SLOT_MASK] as number) + 1;
    const totals = this.#totals;
    totals[COUNT] = (totals[COUNT] as number) + 1;
    totals[SUM] = (totals[SUM] as number) + us;
    if (us < (totals[MIN] as number)) totals[MIN] = us;
    if (us > (totals[MAX] as number)) totals[MAX] = us;
  }

  get count(): number {
    return this.#totals[COUNT] as number;
  }

  /** Sum of all recorded times, in microseconds. */
  get sumUs(): number {
    return this.#totals[SUM] as number;
  }

  /** Smallest recorded time in microseconds, exact; null when nothing was recorded. */
  get minUs(): number | null {
    return this.count === 0 ? null : (this.#totals[MIN] as number);
  }

  /** Largest recorded time in microseconds, exact; null when nothing was recorded. */
  get maxUs(): number | null {
    return this.count === 0 ? null : (this.#totals[MAX] as number);
  }

  /** Mean in microseconds, exact; null when nothing was recorded. */
  get meanUs(): number | null {
    return this.count === 0 ? null : this.sumUs / this.count;
  }

  /**
   * The time in microseconds that `percentile` percent (0–100) of the recorded ones do not exceed: the upper
   * edge of the slot that holds the sample of rank ceil(count × percentile / 100), never above the maximum.
   * Null when nothing was recorded.
   */
  percentileUs(percentile: number): number | null {
    return this.percentilesUs([percentile])[0] ?? null;
  }

  /** Several percentiles in one pass; they must ascend. */
  percentilesUs(percentiles: readonly number[]): (number | null)[] {
    const { minUs, maxUs } = this;
    if (minUs === null || maxUs === null) return percentiles.map(() => null);
    const found: number[] = [];
    let seen = 0;
    for (const [slot, count] of this.#occupiedSlots()) {
      seen += count;
      while (found.length < percentiles.length && seen >= this.#rankOf(percentiles[found.length] ?? 100)) {
        found.push(Math.min(maxUs, Math.max(minUs, upperEdgeOf(slot))));
      }
    }
    return percentiles.map((percentile, index) => (percentile >= 100 ? maxUs : (found[index] ?? maxUs)));
  }

  /** Adds what another histogram counted. */
  merge(other: Histogram): void {
    other.#pages.forEach((page, index) => {
      if (page) addInto(this.#pages[index] ?? this.#addPage(index), page);
    });
    this.#addTotals(other.#totals);
  }

  /** What was counted after `earlier`, an older copy of this histogram; its minimum and maximum are those of slots. */
  since(earlier: Histogram): Histogram {
    const later = new Histogram();
    for (const [slot, count] of this.#occupiedSlots()) {
      const before = earlier.#pages[slot >>> PAGE_BITS]?.[slot & SLOT_MASK] ?? 0;
      if (count > before) later.#addSlot(slot, count - before);
    }
    later.#totals[SUM] = this.sumUs - earlier.sumUs;
    return later;
  }

  /** Forgets all counts and keeps the pages for the next ones. */
  clear(): void {
    for (const page of this.#pages) page?.fill(0);
    this.#totals.set(EMPTY_TOTALS);
  }

  /** A copy of the counts in one buffer that can be transferred to another thread. Empty pages are left out. */
  toBuffer(): ArrayBuffer {
    const used = this.#pages.map((page) => page?.some((count) => count > 0));
    const pageCount = used.filter(Boolean).length;
    const words = new Float64Array(HEADER_WORDS + pageCount * PAGE_SLOTS);
    const bitmap = used.reduce((bits, isUsed, index) => (isUsed ? bits + 2 ** index : bits), 0);
    words.set([...this.#totals, bitmap]);
    let offset = HEADER_WORDS;
    this.#pages.forEach((page, index) => {
      if (!page || !used[index]) return;
      words.set(page, offset);
      offset += PAGE_SLOTS;
    });
    return words.buffer;
  }

  /** Adds the counts of a buffer made by `toBuffer`. */
  mergeBuffer(buffer: ArrayBuffer): void {
    const words = new Float64Array(buffer);
    const bitmap = words[EMPTY_TOTALS.length] ?? 0;
    let offset = HEADER_WORDS;
    for (let index = 0; index < PAGE_COUNT; index += 1) {
      if (Math.floor(bitmap / 2 ** index) % 2 === 0) continue;
      addInto(this.#pages[index] ?? this.#addPage(index), words.subarray(offset, offset + PAGE_SLOTS));
      offset += PAGE_SLOTS;
    }
    this.#addTotals(words);
  }

  static fromBuffer(buffer: ArrayBuffer): Histogram {
    const histogram = new Histogram();
    histogram.mergeBuffer(buffer);
    return histogram;
  }

  /** Bytes held by the counts. */
  get byteLength(): number {
    return this.#pages.reduce((bytes, page) => bytes + (page?.byteLength ?? 0), 0);
  }

  /** The slots in use: the longest time in microseconds that each counts, and how many it counted. */
  slots(): (readonly [upToUs: number, count: number])[] {
    return Array.from(this.#occupiedSlots(), ([slot, count]) => [upperEdgeOf(slot), count]);
  }

  #rankOf(percentile: number): number {
    // 99.99 / 100 × 10,000 is 9,999.000000000002 in floating point: without the correction the rank is one too high.
    const exact = (percentile * this.count) / 100;
    return Math.max(1, Math.ceil(exact - exact * 1e-12));
  }

  *#occupiedSlots(): Generator<[slot: number, count: number]> {
    for (const [pageIndex, page] of this.#pages.entries()) {
      if (!page) continue;
      for (const [index, count] of page.entries()) {
        if (count > 0) yield [pageIndex * PAGE_SLOTS + index, count];
      }
    }
  }

  #addPage(index: number): Float64Array {
    const page = new Float64Array(PAGE_SLOTS);
    this.#pages[index] = page;
    return page;
  }

  #addSlot(slot: number, count: number): void {
    const page = this.#pages[slot >>> PAGE_BITS] ?? this.#addPage(slot >>> PAGE_BITS);
    page[slot & SLOT_MASK] = (page[slot & SLOT_MASK] as number) + count;
    const us = upperEdgeOf(slot);
    this.#addTotals(Float64Array.of(count, 0, us, us));
  }

  #addTotals(other: Float64Array): void {
    const [count = 0, sumUs = 0, minUs = 0, maxUs = 0] = other;
    const totals = this.#totals;
    totals[COUNT] = this.count + count;
    totals[SUM] = this.sumUs + sumUs;
    totals[MIN] = Math.min(totals[MIN] as number, minUs);
    totals[MAX] = Math.max(totals[MAX] as number, maxUs);
  }
}

function slotOf(us: number): number {
  const shift = us < 2048 ? 0 : 21 - Math.clz32(us);
  return (shift << PAGE_BITS) + (us >>> shift);
}

function upperEdgeOf(slot: number): number {
  const shift = slot < 2048 ? 0 : (slot >>> PAGE_BITS) - 1;
  const mantissa = slot - shift * PAGE_SLOTS;
  return (mantissa + 1) * 2 ** shift - 1;
}

function addInto(target: Float64Array, source: Float64Array): void {
  for (let index = 0; index < source.length; index += 1) {
    target[index] = (target[index] as number) + (source[index] as number);
  }
}
