/** Waits for a moment in the life of a campaign, and finds the worker that runs it then. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from '../actors/service-process.ts';
import type { Campaign } from '../operator/actions.ts';
import type { Moment } from '../plan/faults.ts';
import type { Look } from './eyes.ts';
import { MOMENT_LIMIT_MS, type Stage } from './fault.ts';

export interface Victim {
  readonly worker: ServiceProcess;
  readonly campaign: Campaign;
  /** How the campaign was. */
  readonly seen: Look;
}

/** Null where no worker lives. A campaign that nobody runs then names any worker. */
export async function findVictim(stage: Stage, moment: Moment): Promise<Victim | null> {
  const campaign = stage.campaigns[moment.campaign];
  if (campaign === undefined) throw new RangeError(`There is no campaign ${moment.campaign}.`);
  const deadline = performance.now() + MOMENT_LIMIT_MS;
  await stage.eyes.until(campaign.id, ({ lastSequence }) => lastSequence >= moment.atEntry, deadline);
  await wait(moment.afterMs);
  const seen = await stage.eyes.until(campaign.id, () => true, deadline + MOMENT_LIMIT_MS);
  const { workers } = stage.world;
  const worker = workers.find(seen?.owner ?? '') ?? workers.all[0];
  return worker === undefined || seen === null ? null : { worker, campaign, seen };
}
