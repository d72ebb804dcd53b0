/** Waits for a moment in the life of a campaign, and finds the worker that runs it then, with all else that it runs. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from '../actors/service-process.ts';
import type { Campaign } from '../operator/actions.ts';
import type { Moment } from '../plan/faults.ts';
import { isRunning, type Look } from './eyes.ts';
import { MOMENT_LIMIT_MS, type Stage } from './fault.ts';

export interface Victim {
  readonly worker: ServiceProcess;
  /** The campaigns that it ran, and how they were. */
  readonly runs: readonly { readonly campaign: Campaign; readonly seen: Look }[];
}

/** A campaign that nobody runs then names any worker, one that runs something first. Null where no worker lives. */
export async function findVictim(stage: Stage, moment: Moment): Promise<Victim | null> {
  const aim = stage.campaigns[moment.campaign];
  if (aim === undefined) throw new RangeError(`There is no campaign ${moment.campaign}.`);
  const deadline = performance.now() + MOMENT_LIMIT_MS;
  await stage.eyes.until(aim.id, (look) => isRunning(look) && look.lastSequence >= moment.atEntry, deadline);
  await wait(moment.afterMs);
  const { workers } = stage.world;
  const owner = await stage.eyes.look(aim.id);
  const busy = await Promise.all(workers.all.map((worker) => findRuns(stage, worker)));
  return (
    busy.find(({ worker }) => worker.name === owner?.owner) ??
    busy.toSorted((a, b) => b.runs.length - a.runs.length)[0] ??
    null
  );
}

async function findRuns({ campaigns, eyes }: Stage, worker: ServiceProcess): Promise<Victim> {
  const looks = await Promise.all(
    campaigns.map(async (campaign) => ({ campaign, seen: await eyes.look(campaign.id) })),
  );
  const runs = looks.flatMap(({ campaign, seen }) =>
    seen !== null && isRunning(seen) && seen.owner === worker.name ? [{ campaign, seen }] : [],
  );
  return { worker, runs };
}
