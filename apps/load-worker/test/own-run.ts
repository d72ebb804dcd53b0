// A run of this process, simulated, without any store behind it.
import type { OwnedRun, RunPlan } from '@trafficflux/campaigns';
import { SimulatedDelivery } from '../src/deliveries/delivery-simulated.ts';
import { CampaignRun } from '../src/runs/campaign-run.ts';
import { createGrid } from '../src/runs/grid.ts';
import { createRunClock } from '../src/runs/run-clock.ts';
import { createPlainGenerator } from './generator.ts';
import { toOwnedRun } from './plans.ts';

/** One of 100 requests a second, whose claim was answered at the moment. */
export function createOwnRun(
  answeredAt: number,
  fields: Partial<OwnedRun> = {},
  plan: Partial<RunPlan> = {},
): CampaignRun {
  const owned = toOwnedRun(plan, fields);
  const generator = createPlainGenerator();
  const grid = createGrid(owned, generator);
  const delivery = new SimulatedDelivery(owned.plan, grid, generator);
  const clock = createRunClock(owned, answeredAt);
  return new CampaignRun({ owned, clock, grid, generator, delivery, claimSentAt: answeredAt - 5 });
}
