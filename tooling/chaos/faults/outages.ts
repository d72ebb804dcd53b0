/** Faults 5 and 9: a store goes away as in a crash, and comes back. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Outage, Store } from '../invariants/answers.ts';
import type { KillRedis, RestartPostgres } from '../plan/faults.ts';
import type { Stage } from './fault.ts';
import { measureReturn } from './recovery.ts';

export async function restartPostgres(stage: Stage, { atMs, awayMs }: RestartPostgres): Promise<void> {
  const { postgres } = stage.world;
  await suffer(stage, 'postgres', { atMs, awayMs, leave: postgres.crash, comeBack: postgres.restart });
  await measureReturn(stage, performance.now());
}

/** Nothing happens where a series has no Redis. */
export async function killRedis(stage: Stage, { atMs, awayMs, keepsFile }: KillRedis): Promise<void> {
  const { redis } = stage.world;
  if (redis === null) return;
  const comeBack = () => redis.restart(keepsFile);
  await suffer(stage, 'redis', { atMs, awayMs, leave: redis.kill, comeBack });
}

interface Absence {
  readonly atMs: number;
  readonly awayMs: number;
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

async function suffer({ outages, beganAt }: Stage, store: Store, absence: Absence): Promise<void> {
  await wait(Math.max(0, beganAt + absence.atMs - performance.now()));
  const outage: Outage = { store, from: Date.now(), until: null };
  outages.push(outage);
  await absence.leave();
  await wait(absence.awayMs);
  await absence.comeBack();
  outage.until = Date.now();
}
