/** Keeps the leases of this worker's runs, and finds out which it has lost. */
import type { Ownership } from '@trafficflux/campaigns';
import { type Repeated, repeat } from '../repeat.ts';
import type { CampaignRun } from '../runs/campaign-run.ts';
import type { Runs } from '../runs/runs.ts';
import type { Trouble } from '../trouble.ts';

/** Live requests start only while the run was seen to be ours a short time ago: so that is seen to this often. */
const CONFIRM_LIVE_MS = 250;
const LONGEST_PAUSE_MS = 100;

export interface RenewalOptions {
  readonly ownership: Pick<Ownership, 'renew'>;
  readonly worker: string;
  readonly leaseMs: number;
  readonly runs: Runs;
  readonly trouble: Trouble;
  readonly onLost: (run: CampaignRun) => void;
}

export interface Renewal {
  /** Asks about every run at once: signals may have been missed. */
  renewAll(): void;
  stop(): Promise<void>;
}

export function startRenewal(options: RenewalOptions): Renewal {
  const { leaseMs, runs, trouble } = options;
  const renewAfterMs = leaseMs / 3;
  let isAllDue = false;

  function findDue(): CampaignRun[] {
    const now = performance.now();
    const all = isAllDue;
    isAllDue = false;
    return [...runs].filter(
      (run) =>
        run.state === 'running' &&
        (all ||
          now - run.renewedAt >= renewAfterMs ||
          (run.isLive && now - run.confirmedAt >= CONFIRM_LIVE_MS)),
    );
  }

  const repeated: Repeated = repeat(
    async () => {
      await renew(findDue(), options);
      trouble.passed();
    },
    () => Math.min(LONGEST_PAUSE_MS, renewAfterMs / 2),
    (error) => trouble.happened(error),
  );
  return {
    renewAll() {
      isAllDue = true;
      repeated.wake();
    },
    stop: () => repeated.stop(),
  };
}

async function renew(due: readonly CampaignRun[], { ownership, worker, onLost }: RenewalOptions) {
  if (due.length === 0) return;
  const sentAt = performance.now();
  const kept = await ownership.renew(worker, due);
  for (const run of due) {
    if (kept.has(run.campaignId)) run.onRenewed(sentAt);
    // One that is being ended is not a run any more, and yet not lost.
    else if (run.state === 'running') onLost(run);
  }
}
