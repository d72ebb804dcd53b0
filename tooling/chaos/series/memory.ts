/** The memory of the campaigns API, which lives as long as the series, must not grow with the seeds. */
import type { Violation } from '../invariants/violation.ts';
import { percentile } from './percentile.ts';

const MIB = 1024 * 1024;
/** Before that, code is compiled and caches fill. */
const WARM_AFTER = 5;
const GROWTH_LIMIT = 96 * MIB;

/** Resident memory at the end of each seed, in bytes. */
export function checkMemory(bytes: readonly number[]): Violation[] {
  const warm = bytes.slice(WARM_AFTER);
  const half = Math.floor(warm.length / 2);
  if (half === 0) return [];
  const growth = percentile(warm.slice(half), 0.5) - percentile(warm.slice(0, half), 0.5);
  if (growth <= GROWTH_LIMIT) return [];
  const sentence = `The campaigns API has grown by ${Math.round(growth / MIB)} MiB between the halves of the series.`;
  return [{ invariant: 'quiet', campaignId: null, sentence }];
}
