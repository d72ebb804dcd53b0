/** The smallest value that `percent` % of the sorted values do not exceed (nearest rank). */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  // 99.99 / 100 × 10,000 is 9,999.000000000002 in floating point: without the correction the rank is one too high.
  const exact = (percent * sorted.length) / 100;
  const value = sorted[Math.max(0, Math.ceil(exact - exact * 1e-12) - 1)];
  if (value === undefined) throw new RangeError('a percentile of no values is not defined');
  return value;
}
