/** What campaigns tell on `campaigns.<id>`, and what tells workers to look (contracts H8, design section 4). */
import type { CampaignStatus } from './status.ts';

export type CampaignEventType =
  | 'started'
  | 'progress'
  | 'paused'
  | 'resumed'
  | 'stopped'
  | 'completed'
  | 'error'
  | 'taken_over'
  | 'status_changed'
  | 'deleted';

/** At most once, and small: the record has everything. */
export type CampaignEvent = {
  readonly type: CampaignEventType;
  readonly campaign_id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly status: CampaignStatus;
  readonly run: number;
  readonly total_requests: number;
  readonly successful_requests: number;
  /** 0 to 100; null without a duration. */
  readonly progress_percentage: number | null;
  /** The worker that runs it, if any. */
  readonly worker: string | null;
  /** A sentence, where there is one: of an error, of slots that a take-over missed. */
  readonly message: string | null;
};

export function toCampaignTopic(campaignId: string): string {
  return `campaigns.${campaignId}`;
}

/** All workers listen here. A lost message only delays: what it says stands in PostgreSQL. */
export const WORKER_TOPIC = 'workers.campaigns';

/** The campaign's epoch is now this one: whoever runs it under an older one stops at once. */
export type WorkerSignal = {
  readonly campaign_id: string;
  readonly epoch: number;
};

/** The name of the queue, and its jobs: each a wake-up, never the truth. */
export const CAMPAIGN_QUEUE = 'campaigns';

export type WakeUp = {
  readonly campaignId: string;
  readonly run: number;
};

/** With run and epoch in it, the id of a job that is still kept never hides a new one (F58). */
export function toJobId({
  campaignId,
  run,
  epoch,
}: {
  campaignId: string;
  run: number;
  epoch: number;
}): string {
  return `${campaignId}.${run}.${epoch}`;
}
