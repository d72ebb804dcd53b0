/** Percentiles of a list of values, by the rule of the document. */

const USUAL = [50, 90, 95, 99] as const;

/**
 * By percentile, the value at index floor(p / 100 × (n − 1)) of the sorted ones; 0 for an empty list. (The engine's own
 * reports count ranks from above instead: `Histogram`.) Throws a RangeError for a percentile outside of 0 to 100.
 */
export function calculatePercentiles(
  values: readonly number[],
  percentiles: readonly number[] = USUAL,
): Record<number, number> {
  const sorted = Float64Array.from(values).sort();
  const found = percentiles.map((percentile) => {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new RangeError(`expected percentiles from 0 to 100, got ${String(percentile)}`);
    }
    return [percentile, sorted[Math.floor((percentile / 100) * (sorted.length - 1))] ?? 0] as const;
  });
  return Object.fromEntries(found);
}
