/**
 * A histogram in the V2 encoding of HdrHistogram, compressed and in base64: our slots are its slots (three digits,
 * from 1 µs), so that nothing is lost or rounded.
 */
import { deflateSync } from 'node:zlib';
import { HIGHEST_US, type Histogram } from '../../record/histogram.ts';

const COOKIE = 0x1c849303 | 0x10;
const COMPRESSED_COOKIE = 0x1c849304 | 0x10;
const SIGNIFICANT_DIGITS = 3;
const HEADER_BYTES = 40;
/** Values below have a slot of their own. */
const SINGLE_SLOTS = 2048;
/** Slots of each power of two above, as a power of two. */
const HALF_BITS = 10;

export function encodeHistogram(histogram: Histogram): string {
  const counts = encodeCounts(histogram);
  const payload = Buffer.alloc(HEADER_BYTES + counts.length);
  payload.writeInt32BE(COOKIE, 0);
  payload.writeInt32BE(counts.length, 4);
  // The normalizing index offset at 8 stays 0.
  payload.writeInt32BE(SIGNIFICANT_DIGITS, 12);
  payload.writeBigInt64BE(1n, 16);
  payload.writeBigInt64BE(BigInt(HIGHEST_US), 24);
  payload.writeDoubleBE(1, 32);
  payload.set(counts, HEADER_BYTES);
  const compressed = deflateSync(payload);
  const head = Buffer.alloc(8);
  head.writeInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString('base64');
}

/** Counts in the order of their slots; a negative number stands for so many empty slots. */
function encodeCounts(histogram: Histogram): number[] {
  const bytes: number[] = [];
  let next = 0;
  for (const [upToUs, count] of histogram.slots()) {
    const slot = slotOf(upToUs);
    if (slot > next) pushZigZag(bytes, next - slot);
    pushZigZag(bytes, count);
    next = slot + 1;
  }
  return bytes;
}

function slotOf(us: number): number {
  const shift = us < SINGLE_SLOTS ? 0 : Math.floor(Math.log2(us)) - HALF_BITS;
  return (shift << HALF_BITS) + Math.floor(us / 2 ** shift);
}

/** ZigZag LEB128-64b9B: seven bits a byte, and counts beyond 2^53 do not happen. */
function pushZigZag(bytes: number[], value: number): void {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
