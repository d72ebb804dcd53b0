/** What happens to a run that this worker has claimed. */
import type { CampaignLog, OwnedRun, Ownership } from '@trafficflux/campaigns';
import type { Counts } from '../counts.ts';
import type { CampaignEvents } from '../events/campaign-events.ts';
import { type ClaimTimes, createRun, type RunContext } from '../runs/create-run.ts';
import type { Runs } from '../runs/runs.ts';
import { countRequests } from '../stores/sentences.ts';

export interface AdoptionOptions {
  readonly ownership: Pick<Ownership, 'end'>;
  readonly worker: string;
  readonly runs: Runs;
  readonly events: CampaignEvents;
  readonly log: CampaignLog;
  readonly counts: Counts;
  readonly context: RunContext;
  readonly onAdopted: () => void;
}

export function createAdoption(options: AdoptionOptions): (owned: OwnedRun, times: ClaimTimes) => void {
  const { runs, counts, context, onAdopted } = options;
  return (owned, times) => {
    try {
      const run = createRun(owned, times, context);
      runs.add(run);
      counts.claims++;
      counts.missed += owned.missed;
      if (owned.isTakeOver) {
        counts.takeOvers++;
        const message = describeTakeOver(owned, options.worker);
        options.log.write({ campaignId: owned.campaignId, event: 'taken-over', message });
        options.events.tell(run, { type: 'taken_over', status: 'running', message });
      }
    } catch (error) {
      void refuse(owned, error, options);
    }
    onAdopted();
  };
}

function describeTakeOver({ missed, nextSlot }: OwnedRun, worker: string): string {
  const loss = missed === 0 ? 'nothing' : countRequests(missed);
  return `${worker} took the campaign over at request ${nextSlot + 1} of its run; ${loss} missed.`;
}

/** A run that cannot be run would be claimed for ever: it ends with the reason. */
async function refuse(owned: OwnedRun, error: unknown, { ownership, worker, log }: AdoptionOptions) {
  const { campaignId, epoch } = owned;
  const message = error instanceof Error ? error.message : String(error);
  // What fails now, the next claim tries again.
  const isEnded = await ownership.end({ campaignId, epoch, worker }, 'error', message).catch(() => false);
  if (isEnded) log.write({ campaignId, level: 'error', event: 'error', message });
}
