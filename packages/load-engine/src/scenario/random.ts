/** Random numbers that repeat: one stream per user, from the run's seed and the user's index. */

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Mulberry32 over a mix of seed and stream; good enough to draw tasks and pauses, and 2 ns a number. */
export function createRandom(seed: number, stream: number): Random {
  let state = mix(mix(seed >>> 0) + Math.imul(stream + 1, 0x9e3779b9));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
