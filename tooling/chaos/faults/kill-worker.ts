/** Fault 1: SIGKILL of a worker at a random entry. */
import { setTimeout as wait } from 'node:timers/promises';
import type { KillWorker } from '../plan/faults.ts';
import type { Stage } from './fault.ts';
import { findVictim } from './moment.ts';
import { measureRecoveries } from './recovery.ts';

export async function killWorker(stage: Stage, { moment, returnsAfterMs }: KillWorker): Promise<void> {
  const victim = await findVictim(stage, moment);
  if (victim === null) return;
  const { workers } = stage.world;
  const killedAt = performance.now();
  await workers.kill(victim.worker);
  const back = wait(returnsAfterMs).then(() => workers.replace(victim.worker, stage.plan.keepsWorkerNames));
  await Promise.all([measureRecoveries(stage, victim, 'kill', killedAt), back]);
}
