/** A worker that ends gives its runs up, so that others take them at once and not when the leases are over. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Ownership } from '@trafficflux/campaigns';
import type { Logger } from '@trafficflux/service-kit';
import type { Runs } from '../runs/runs.ts';
import type { Flush } from '../writing/flush.ts';

/** Live requests under way may come to their end for so long; then they are sent but unrecorded. */
const LIVE_GRACE_MS = 1000;
const LOOK_MS = 20;

export interface HandOverOptions {
  readonly ownership: Pick<Ownership, 'release' | 'leave'>;
  readonly worker: string;
  readonly runs: Runs;
  readonly flush: Flush;
  readonly logger: Logger;
}

/** Never rejects: what cannot be given up now is free when its lease is over. */
export async function handOver({ ownership, worker, runs, flush, logger }: HandOverOptions): Promise<void> {
  const deadline = performance.now() + LIVE_GRACE_MS;
  for (const run of runs) run.startNothing();
  while (isWaited(runs) && performance.now() < deadline) await wait(LOOK_MS);
  const isReachable = await flush.close();
  const given = [...runs].filter((run) => run.state === 'running');
  for (const run of [...runs]) runs.drop(run);
  if (!isReachable) {
    logger.warn(
      { campaigns: given.length },
      'the database is away: its runs are free when their leases are over',
    );
    return;
  }
  try {
    await Promise.all([given.length > 0 && ownership.release(worker, given), ownership.leave(worker)]);
    logger.info({ campaigns: given.length }, 'handed its runs over');
  } catch (error) {
    logger.warn({ err: error, campaigns: given.length }, 'its runs are free when their leases are over');
  }
}

function isWaited(runs: Runs): boolean {
  for (const run of runs) if (run.underWay > 0) return true;
  return false;
}
