// Tells of what stands in PostgreSQL already: workers, so that they act at once, watchers, and the campaign's log.
import {
  type CampaignEventType,
  type CampaignLog,
  type CampaignStatus,
  type LogLine,
  type StartedRun,
  type StateChange,
  toJobId,
  type WakeUp,
} from '@trafficflux/campaigns';
import type { JobQueue } from '@trafficflux/job-queue';
import type { Logger } from '@trafficflux/service-kit';
import type { Announcements } from '../announcements/announcements.ts';
import type { CampaignRepository } from '../campaigns/repository.ts';

/** None of it fails: what is lost here, workers find in PostgreSQL a little later. */
export interface RunNews {
  began(run: StartedRun): Promise<void>;
  changed(change: StateChange, event: LogLine['event'], message: string): Promise<void>;
  /** `change` is null where nothing ran. */
  cleanedUp(campaignId: string, change: StateChange | null, isPurged: boolean): Promise<void>;
}

export interface RunNewsOptions {
  readonly campaigns: Pick<CampaignRepository, 'find'>;
  readonly queue: Pick<JobQueue<WakeUp>, 'add'>;
  readonly announcements: Announcements;
  readonly log: CampaignLog;
  readonly logger: Logger;
}

const EVENTS: Readonly<Record<CampaignStatus, CampaignEventType>> = {
  draft: 'status_changed',
  running: 'status_changed',
  paused: 'paused',
  completed: 'completed',
  stopped: 'stopped',
  error: 'error',
};

export function createRunNews(options: RunNewsOptions): RunNews {
  const { announcements, log } = options;

  async function changed(change: StateChange, event: LogLine['event'], message: string): Promise<void> {
    const { campaignId, status, effect, epoch } = change;
    log.write({ campaignId, event, message });
    if (effect === 'continue') await wakeWorkers(options, change);
    else if (effect !== 'none') announcements.tellWorkers(campaignId, epoch);
    await tellWatchers(options, campaignId, effect === 'continue' ? 'resumed' : EVENTS[status]);
  }

  return {
    changed,

    async began(run) {
      log.write({ campaignId: run.campaignId, event: 'started', message: `Run ${run.run} started` });
      await wakeWorkers(options, run);
      await tellWatchers(options, run.campaignId, 'started');
    },

    async cleanedUp(campaignId, change, isPurged) {
      const message = isPurged ? 'Resources cleaned up, entries deleted' : 'Resources cleaned up';
      if (change === null) log.write({ campaignId, event: 'cleaned-up', message });
      else await changed(change, 'cleaned-up', message);
    },
  };
}

async function wakeWorkers(
  { queue, logger }: RunNewsOptions,
  { campaignId, run, epoch }: Pick<StartedRun, 'campaignId' | 'run' | 'epoch'>,
): Promise<void> {
  try {
    await queue.add(toJobId({ campaignId, run, epoch }), { campaignId, run });
  } catch (error) {
    logger.warn(
      { err: error, campaign_id: campaignId },
      'workers could not be woken, and will look by themselves',
    );
  }
}

/** With the statistics as they are after the change. */
async function tellWatchers(
  { campaigns, announcements, logger }: RunNewsOptions,
  campaignId: string,
  type: CampaignEventType,
): Promise<void> {
  try {
    const row = await campaigns.find(campaignId);
    if (row !== null) announcements.tellWatchers({ type, row });
  } catch (error) {
    logger.warn({ err: error, campaign_id: campaignId }, 'watchers could not be told');
  }
}
