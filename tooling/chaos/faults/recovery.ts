/** Measures how long campaigns that lost their worker stand still. */
import type { Campaign } from '../operator/actions.ts';
import { isRunning, type Look } from './eyes.ts';
import { RECOVERY_LIMIT_MS, type Recovery, type Stage } from './fault.ts';
import type { Victim } from './moment.ts';

/**
 * Until the first entry of a new owner: what the old one had already sent may still be stored, and does not count. A
 * campaign that is stopped, paused or over before is not measured, nor is one that has to wait for a worker to start.
 */
export async function measureRecoveries(
  stage: Stage,
  { runs, worker }: Victim,
  after: Recovery['after'],
  beganAt: number,
): Promise<void> {
  const hasOther = stage.world.workers.all.some((other) => other !== worker);
  await Promise.all(
    runs.map(async ({ campaign, seen }) => {
      const hasMoved = ({ writtenEpoch }: Look) => writtenEpoch > seen.epoch;
      const ms = await awaitEntry(stage, campaign, { hasMoved, after, beganAt });
      if (ms !== null && hasOther) stage.recoveries.push({ after, ms });
    }),
  );
}

/** The same for a store: whoever goes on then, the owner from before too. */
export async function measureReturn(stage: Stage, backAt: number): Promise<void> {
  await Promise.all(
    stage.campaigns.map(async (campaign) => {
      const seen = await stage.eyes.until(campaign.id, () => true, backAt + RECOVERY_LIMIT_MS);
      if (seen === null || !isRunning(seen)) return;
      const hasMoved = ({ lastSequence }: Look) => lastSequence > seen.lastSequence;
      const ms = await awaitEntry(stage, campaign, { hasMoved, after: 'restart', beganAt: backAt });
      if (ms !== null) stage.recoveries.push({ after: 'restart', ms });
    }),
  );
}

interface Wait {
  readonly hasMoved: (look: Look) => boolean;
  readonly after: Recovery['after'];
  readonly beganAt: number;
}

async function awaitEntry(
  { eyes, violations }: Stage,
  { id }: Campaign,
  { hasMoved, after, beganAt }: Wait,
): Promise<number | null> {
  const now = await eyes.until(id, (look) => hasMoved(look) || !isRunning(look), beganAt + RECOVERY_LIMIT_MS);
  if (now === null) {
    const sentence = `It did not move again within ${RECOVERY_LIMIT_MS / 1000} s of a ${after}.`;
    violations.push({ invariant: 'recovery', campaignId: id, sentence });
  }
  return now !== null && hasMoved(now) ? performance.now() - beganAt : null;
}
