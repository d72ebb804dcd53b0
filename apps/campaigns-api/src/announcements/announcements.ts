// What the API tells over the bus: to workers, that a campaign changed, and to whoever watches it, what became of it.
import {
  type CampaignEvent,
  type CampaignEventType,
  type CampaignStatus,
  toCampaignTopic,
  WORKER_TOPIC,
  type WorkerSignal,
} from '@trafficflux/campaigns';
import type { EventBus } from '@trafficflux/event-bus';
import type { Logger } from '@trafficflux/service-kit';
import { type CampaignRow, toProgress } from '../campaigns/campaign.ts';

export interface Announcement {
  readonly type: CampaignEventType;
  /** As the campaign is now; the status may be given where the row is from before. */
  readonly row: CampaignRow;
  readonly status?: CampaignStatus;
  readonly message?: string;
}

export interface Announcements {
  /** Never fails: a message that is lost only delays what stands in PostgreSQL. */
  tellWatchers(announcement: Announcement): void;
  /** Whoever runs the campaign under an older epoch stops at once. */
  tellWorkers(campaignId: string, epoch: number): void;
}

export function createAnnouncements(bus: EventBus, logger: Logger): Announcements {
  const publish = (topic: string, data: CampaignEvent | WorkerSignal) =>
    void bus
      .publish(topic, data)
      .catch((error: unknown) => logger.warn({ err: error, topic }, 'not published'));
  return {
    tellWatchers: (announcement) => publish(toCampaignTopic(announcement.row.id), toEvent(announcement)),
    tellWorkers: (campaignId, epoch) => publish(WORKER_TOPIC, { campaign_id: campaignId, epoch }),
  };
}

function toEvent({ type, row, status, message }: Announcement): CampaignEvent {
  return {
    type,
    campaign_id: row.id,
    at: Date.now(),
    status: status ?? (row.status as CampaignStatus),
    run: row.run,
    total_requests: Number(row.lastSequence),
    successful_requests: Number(row.successfulRequests),
    progress_percentage: row.runSlots === null ? null : toProgress(row),
    worker: null,
    message: message ?? null,
  };
}
