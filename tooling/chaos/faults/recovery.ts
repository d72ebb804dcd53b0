/** Measures how long a campaign that lost its worker stands still. */
import { isRunning, type Look } from './eyes.ts';
import { RECOVERY_LIMIT_MS, type Recovery, type Stage } from './fault.ts';
import type { Victim } from './moment.ts';

/**
 * Until the first entry of a new owner: what the old one had already sent may still be stored, and does not count. A
 * campaign that was stopped, paused or over before is not measured. True if it moved.
 */
export async function measureRecovery(
  { eyes, recoveries, violations }: Stage,
  { campaign, worker, seen }: Victim,
  after: Recovery['after'],
  beganAt: number,
): Promise<boolean> {
  if (!isRunning(seen) || seen.owner !== worker.name) return false;
  const hasMoved = ({ writtenEpoch }: Look) => writtenEpoch > seen.epoch;
  const now = await eyes.until(
    campaign.id,
    (look) => hasMoved(look) || !isRunning(look),
    beganAt + RECOVERY_LIMIT_MS,
  );
  if (now === null) {
    const sentence = `It did not move again within ${RECOVERY_LIMIT_MS / 1000} s of a ${after}.`;
    violations.push({ invariant: 'acknowledged', campaignId: campaign.id, sentence });
    return false;
  }
  if (!hasMoved(now)) return false;
  recoveries.push({ after, ms: performance.now() - beganAt });
  return true;
}
