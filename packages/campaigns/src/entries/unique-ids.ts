// Ten digits for each sequence number of a campaign, whatever the run: without pattern, and without repetition for ten
// thousand million.
import { mix } from './random.ts';

export const ID_DIGITS = 10;
const HALF = 100_000;

/** A Feistel network of three rounds over two halves of five digits: a bijection, so no two numbers share an id. */
export function toUniqueId(sequence: number, campaignNumber: number): number {
  let high = Math.floor(sequence / HALF) % HALF;
  let low = sequence % HALF;
  for (let round = 1; round <= 3; round++) {
    const moved = (high + (mix(low ^ mix(campaignNumber + round)) >>> 0)) % HALF;
    high = low;
    low = moved;
  }
  return high * HALF + low;
}
