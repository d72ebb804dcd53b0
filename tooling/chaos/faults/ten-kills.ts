/** Fault 2: the worker of one campaign is killed ten times; then the campaign, which goes on, is stopped. */
import { setTimeout as wait } from 'node:timers/promises';
import { act } from '../operator/actions.ts';
import type { TenKills } from '../plan/faults.ts';
import { isRunning, type Look } from './eyes.ts';
import { RECOVERY_LIMIT_MS, type Stage } from './fault.ts';
import { measureRecoveries } from './recovery.ts';

export async function killTenTimes(stage: Stage, fault: TenKills): Promise<void> {
  const { campaigns, violations, plan } = stage;
  const { workers } = stage.world;
  const campaign = campaigns[fault.campaign];
  if (campaign === undefined) throw new RangeError(`There is no campaign ${fault.campaign}.`);
  const starting = new Set<Promise<void>>();
  for (const [index, kill] of fault.kills.entries()) {
    // On a slow machine a process takes longer to start than a campaign to move: one other must be there to take it.
    while (workers.all.length < 2 && starting.size > 0) await Promise.race(starting);
    const found = await findOwner(stage, campaign.id, kill);
    if (found === null) {
      const sentence = `Nobody ran it for kill ${index + 1} of ${fault.kills.length}.`;
      violations.push({ invariant: 'recovery', campaignId: campaign.id, sentence });
      break;
    }
    const { worker, seen } = found;
    const killedAt = performance.now();
    await workers.kill(worker);
    const killsLeft = fault.kills.length - index - 1;
    // A start costs more of a small machine than all else: none that no later kill needs.
    if (workers.all.length + starting.size <= killsLeft) {
      const replaced = workers
        .replace(worker, plan.keepsWorkerNames)
        .finally(() => starting.delete(replaced));
      starting.add(replaced);
    }
    await measureRecoveries(stage, { worker, runs: [{ campaign, seen }] }, 'kill', killedAt);
  }
  await act(campaign, 'stop');
  await Promise.all(starting);
}

/** The worker that has stored so many entries since it took the campaign, and has it still a little later. */
async function findOwner(
  { world, eyes }: Stage,
  campaignId: string,
  { atEntry, afterMs }: TenKills['kills'][number],
) {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  let taken: Look | null = null;
  const hasStored = (look: Look) => {
    if (look.writtenEpoch !== look.epoch) return false;
    if (taken === null || taken.epoch !== look.epoch) taken = look;
    return isRunning(look) && look.lastSequence >= taken.lastSequence + atEntry - 1;
  };
  while (performance.now() < deadline) {
    await eyes.until(campaignId, hasStored, deadline);
    await wait(afterMs);
    const seen = await eyes.look(campaignId);
    const worker = world.workers.find(seen?.owner ?? '');
    if (worker !== undefined && seen !== null && isRunning(seen)) return { worker, seen };
  }
  return null;
}
