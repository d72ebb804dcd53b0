/** Of a slot of our histograms, given its upper edge; both in microseconds. Up to 2,047 µs each value has its own. */
export function toSlotWidth(upToUs: number): number {
  return upToUs < 2048 ? 1 : 2 ** (Math.floor(Math.log2(upToUs)) - 10);
}
