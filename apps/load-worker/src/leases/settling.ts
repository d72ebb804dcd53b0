/**
 * Writes down what live runs had sent when they were paused or stopped: what the last chunk did not tell. Requests then
 * under way count as sent but unrecorded, and are not sent again when the run goes on.
 */
import type { Ownership } from '@trafficflux/campaigns';
import { isUnavailable } from '@trafficflux/postgres';
import type { CampaignRun } from '../runs/campaign-run.ts';
import type { Trouble } from '../trouble.ts';

export interface Settling {
  /** Takes a run that this worker has given up; nothing of it starts any more. */
  add(run: CampaignRun): void;
  /** Resolves when nothing is left to write. */
  finish(): Promise<void>;
}

export function createSettling(ownership: Pick<Ownership, 'settle'>, trouble: Trouble): Settling {
  const onTheirWay = new Set<Promise<void>>();

  async function settle(run: CampaignRun): Promise<void> {
    const write = () => ownership.settle(run, run.sentRecord);
    try {
      // A connection that broke tells nothing, and twice is as good as once.
      await write().catch((error: unknown) => (isUnavailable(error) ? write() : Promise.reject(error)));
      trouble.passed();
    } catch (error) {
      trouble.happened(error);
    }
  }

  return {
    add(run) {
      if (!run.isLive) return;
      const settling = settle(run).finally(() => onTheirWay.delete(settling));
      onTheirWay.add(settling);
    },
    async finish() {
      await Promise.all(onTheirWay);
    },
  };
}
