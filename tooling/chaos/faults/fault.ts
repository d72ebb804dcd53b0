/** What a fault acts on, and what it tells. */
import type { World } from '../actors/world.ts';
import type { Outage } from '../invariants/answers.ts';
import type { Violation } from '../invariants/violation.ts';
import type { Campaign } from '../operator/actions.ts';
import type { SeedPlan } from '../plan/plan.ts';
import type { Eyes } from './eyes.ts';

export interface Stage {
  readonly world: World;
  readonly plan: SeedPlan;
  readonly campaigns: readonly Campaign[];
  readonly eyes: Eyes;
  readonly outages: Outage[];
  readonly violations: Violation[];
  readonly recoveries: Recovery[];
  /** Of `performance.now()`. */
  readonly beganAt: number;
}

/** From a fault, or from the moment at which PostgreSQL was back, to the next entry of a campaign that ran then. */
export interface Recovery {
  readonly after: 'kill' | 'freeze' | 'restart';
  readonly ms: number;
}

/** A fault whose moment has not come by then comes all the same. */
export const MOMENT_LIMIT_MS = 3500;
/** Far beyond what is promised: on a machine that is overloaded too. */
export const RECOVERY_LIMIT_MS = 30_000;
