/** Fault 2: the worker of one campaign is killed ten times; then the campaign, which goes on, is stopped. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from '../actors/service-process.ts';
import { act } from '../operator/actions.ts';
import type { TenKills } from '../plan/faults.ts';
import { isRunning, LOOK_AGAIN_MS, type Look } from './eyes.ts';
import { RECOVERY_LIMIT_MS, type Stage } from './fault.ts';
import { measureRecoveries } from './recovery.ts';

export async function killTenTimes(stage: Stage, fault: TenKills): Promise<void> {
  const { campaigns, violations } = stage;
  const { workers } = stage.world;
  const campaign = campaigns[fault.campaign];
  if (campaign === undefined) throw new RangeError(`There is no campaign ${fault.campaign}.`);
  const spares = startSpares(stage, fault.kills.length + 1 - workers.all.length);
  for (const [index, kill] of fault.kills.entries()) {
    // On a slow machine a process takes longer to start than a campaign to move: one other must be there to take it.
    while (workers.all.length < 2 && spares.areComing) await wait(LOOK_AGAIN_MS);
    const found = await findOwner(stage, campaign.id, kill);
    if (found === null) {
      const sentence = `Nobody ran it for kill ${index + 1} of ${fault.kills.length}.`;
      violations.push({ invariant: 'recovery', campaignId: campaign.id, sentence });
      break;
    }
    const { worker, seen } = found;
    const killedAt = performance.now();
    await workers.kill(worker);
    spares.replace(worker);
    await measureRecoveries(stage, { worker, runs: [{ campaign, seen }] }, 'kill', killedAt);
  }
  await act(campaign, 'stop');
  await spares.started;
}

interface Spares {
  readonly areComing: boolean;
  /** The next one that starts may have the name of this one, which was killed. */
  replace(worker: ServiceProcess): void;
  readonly started: Promise<unknown>;
}

/**
 * Ten kills follow each other sooner than processes start, which costs a small machine more than all else. So they
 * start from the first moment on, before those are killed for whom they come, and two at a time: more at once would all
 * be late.
 */
function startSpares({ world: { workers }, plan }: Stage, count: number): Spares {
  const killed: ServiceProcess[] = [];
  let left = count;
  let areComing = true;
  async function start(): Promise<void> {
    while (left-- > 0) {
      const gone = killed.shift();
      await (gone === undefined ? workers.add() : workers.replace(gone, plan.keepsWorkerNames));
    }
  }
  const started = Promise.all([start(), start()]).finally(() => {
    areComing = false;
  });
  // Whoever awaits it hears of a failure; until then it is no failure of the harness.
  started.catch(() => {});
  return {
    get areComing() {
      return areComing;
    },
    replace: (worker) => void killed.push(worker),
    started,
  };
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
