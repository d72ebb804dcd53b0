/** What a worker tells on `campaigns.<id>`: how its runs get on, each second, and what became of them. */
import { type CampaignEvent, type CampaignStatus, toCampaignTopic } from '@trafficflux/campaigns';
import type { EventBus } from '@trafficflux/event-bus';
import { type Repeated, repeat } from '../repeat.ts';
import type { CampaignRun } from '../runs/campaign-run.ts';
import type { Runs } from '../runs/runs.ts';
import type { Trouble } from '../trouble.ts';

const PROGRESS_MS = 1000;

export interface EventTold {
  readonly type: CampaignEvent['type'];
  readonly status: CampaignStatus;
  readonly message?: string;
}

export interface CampaignEvents {
  /** At most once: whoever must know reads the record. */
  tell(run: CampaignRun, event: EventTold): void;
}

export function createCampaignEvents(bus: EventBus, worker: string, trouble: Trouble): CampaignEvents {
  return {
    tell(run, { type, status, message }) {
      const event: CampaignEvent = {
        type,
        campaign_id: run.campaignId,
        at: Date.now(),
        status,
        run: run.owned.run,
        total_requests: run.lastSequence,
        successful_requests: run.successfulRequests,
        progress_percentage: run.progressPercentage,
        worker,
        message: message ?? null,
      };
      bus.publish(toCampaignTopic(run.campaignId), event).then(
        () => trouble.passed(),
        (error: unknown) => trouble.happened(error),
      );
    },
  };
}

export function startProgress(runs: Runs, events: CampaignEvents): Repeated {
  return repeat(
    async () => {
      for (const run of runs)
        if (run.state === 'running') events.tell(run, { type: 'progress', status: 'running' });
    },
    () => PROGRESS_MS,
    // Telling never fails.
    () => {},
  );
}
