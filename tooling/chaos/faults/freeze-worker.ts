/** Fault 3: a worker is frozen beyond its lease, and wakes up late. */
import { setTimeout as wait } from 'node:timers/promises';
import { LEASE_MS } from '../actors/world.ts';
import type { FreezeWorker } from '../plan/faults.ts';
import type { Stage } from './fault.ts';
import { findVictim } from './moment.ts';
import { measureRecoveries } from './recovery.ts';

export async function freezeWorker(stage: Stage, { moment, beyondLeaseMs }: FreezeWorker): Promise<void> {
  const victim = await findVictim(stage, moment);
  if (victim === null) return;
  const frozenAt = performance.now();
  victim.worker.freeze();
  const thaw = wait(LEASE_MS + beyondLeaseMs).then(() => victim.worker.thaw());
  // Before its lease is over nobody takes its place.
  if (beyondLeaseMs > 0) await measureRecoveries(stage, victim, 'freeze', frozenAt);
  await thaw;
}
