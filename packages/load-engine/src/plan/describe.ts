/** A load in words. */
import { formatCount } from '../report/format.ts';
import type { LoadPlan } from './plan.ts';
import { toPeak } from './segment.ts';

/** `50 users, 5 more each second`, `20 starts per second`, `up to 200 users in 3 stages`. */
export function describeShape({ model, segments, users, spawnRate }: LoadPlan): string {
  const isRamped = segments.length > 1 && spawnRate === Number.POSITIVE_INFINITY;
  const stages = isRamped ? ` in ${segments.length} stages` : '';
  if (model === 'open') {
    const peak = Number(toPeak(segments).toPrecision(6));
    return `${isRamped || segments[0]?.from !== segments[0]?.to ? 'up to ' : ''}${peak} starts per second${stages}, at most ${formatCount(users)} users`;
  }
  const rate = Number.isFinite(spawnRate) ? `, ${Number(spawnRate.toPrecision(3))} more each second` : '';
  return `${stages === '' ? '' : 'up to '}${users} user${users === 1 ? '' : 's'}${rate}${stages}`;
}
