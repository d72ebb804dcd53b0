/** The end of a run whose time is over. */
import type { CampaignLog, Ownership } from '@trafficflux/campaigns';
import type { CampaignEvents } from '../events/campaign-events.ts';
import { countRequests } from '../stores/sentences.ts';
import type { Trouble } from '../trouble.ts';
import type { CampaignRun } from './campaign-run.ts';
import type { Runs } from './runs.ts';

const TRY_AGAIN_MS = 250;

export interface EndingOptions {
  readonly ownership: Pick<Ownership, 'end'>;
  readonly worker: string;
  readonly runs: Runs;
  readonly events: CampaignEvents;
  readonly log: CampaignLog;
  readonly trouble: Trouble;
}

/** Ends runs; never rejects. */
export function createEnding(options: EndingOptions): (run: CampaignRun) => Promise<void> {
  const { ownership, worker, runs, events, log, trouble } = options;
  return async (run) => {
    const { campaignId, epoch } = run;
    const { status, message } = judge(run);
    run.state = 'ending';
    try {
      const isEnded = await ownership.end(
        { campaignId, epoch, worker },
        status,
        status === 'error' ? message : null,
      );
      trouble.passed();
      runs.drop(run);
      if (!isEnded) return;
      const level = status === 'error' ? 'error' : 'info';
      log.write({ campaignId, level, event: status, message });
      events.tell(run, { type: status, status, message });
    } catch (error) {
      trouble.happened(error);
      run.endNotBefore = performance.now() + TRY_AGAIN_MS;
      // It may have been given up meanwhile.
      if (run.state === 'ending') run.state = 'running';
    }
  };
}

function judge({ runRequests }: CampaignRun): {
  readonly status: 'completed' | 'error';
  readonly message: string;
} {
  return runRequests === 0
    ? { status: 'error', message: 'The campaign ended without a single request.' }
    : { status: 'completed', message: `The campaign completed after ${countRequests(runRequests)}.` };
}
