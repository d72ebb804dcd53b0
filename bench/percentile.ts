/** The smallest value that `percent` % of the sorted values do not exceed (nearest rank). */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('a percentile of no values is not defined');
  return value;
}
