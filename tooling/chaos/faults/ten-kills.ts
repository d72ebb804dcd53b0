/** Fault 2: the worker of one campaign is killed ten times; then the campaign, which goes on, is stopped. */
import { setTimeout as wait } from 'node:timers/promises';
import { act } from '../operator/actions.ts';
import type { TenKills } from '../plan/faults.ts';
import { isRunning, type Look } from './eyes.ts';
import { RECOVERY_LIMIT_MS, type Stage } from './fault.ts';
import { measureRecovery } from './recovery.ts';

export async function killTenTimes(stage: Stage, fault: TenKills): Promise<void> {
  const { world, eyes, campaigns, violations } = stage;
  const campaign = campaigns[fault.campaign];
  if (campaign === undefined) throw new RangeError(`There is no campaign ${fault.campaign}.`);
  const replacements: Promise<void>[] = [];
  for (const [index, { atEntry, afterMs }] of fault.kills.entries()) {
    const worker = await findOwner(stage, campaign.id, atEntry);
    await wait(afterMs);
    const seen = await eyes.look(campaign.id);
    if (worker === undefined || seen === null || seen.owner !== worker.name) {
      const sentence = `Nobody ran it for kill ${index + 1} of ${fault.kills.length}.`;
      violations.push({ invariant: 'acknowledged', campaignId: campaign.id, sentence });
      break;
    }
    const killedAt = performance.now();
    await world.workers.kill(worker);
    replacements.push(world.workers.replace(worker, stage.plan.keepsWorkerNames));
    await measureRecovery(stage, { worker, campaign, seen }, 'kill', killedAt);
  }
  await act(campaign, 'stop');
  await Promise.all(replacements);
}

/** The worker that has stored so many entries since it took the campaign. */
async function findOwner({ world, eyes }: Stage, campaignId: string, atEntry: number) {
  let taken: Look | null = null;
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  const seen = await eyes.until(
    campaignId,
    (look) => {
      if (look.writtenEpoch !== look.epoch) return false;
      if (taken === null || taken.epoch !== look.epoch) taken = look;
      return isRunning(look) && look.lastSequence >= taken.lastSequence + atEntry - 1;
    },
    deadline,
  );
  return world.workers.find(seen?.owner ?? '');
}
