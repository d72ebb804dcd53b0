// Puts together what a claimed run needs in this process.
import { createEntryGenerator, type OwnedRun } from '@trafficflux/campaigns';
import { createHttpClient } from '@trafficflux/load-engine';
import { type AllowList, createTargetLookup, type Lookup } from '@trafficflux/targets';
import type { LiveConfig } from '../config.ts';
import { LiveDelivery } from '../deliveries/delivery-live.ts';
import { SimulatedDelivery } from '../deliveries/delivery-simulated.ts';
import { USER_AGENT } from '../deliveries/user-agent.ts';
import { CampaignRun } from './campaign-run.ts';
import { createGrid, type Grid } from './grid.ts';
import { createRunClock, type RunClock } from './run-clock.ts';

export interface RunContext {
  readonly allowList: AllowList;
  readonly live: LiveConfig;
  /** The system's resolver if absent. */
  readonly lookup?: Lookup;
}

/** Moments of the claim, in milliseconds of `performance.now()`. */
export interface ClaimTimes {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * Creates the run of a claim.
 *
 * @throws {BlockedTargetError} for a live run whose target is not on the list. @throws {TypeError} for a plan that cannot be run
 */
export function createRun(owned: OwnedRun, times: ClaimTimes, context: RunContext): CampaignRun {
  const generator = createEntryGenerator(owned.plan);
  const clock = createRunClock(owned, times.answeredAt);
  const grid = createGrid(owned, generator);
  const delivery =
    owned.plan.delivery === 'live'
      ? createLiveDelivery(owned, grid, clock, context)
      : new SimulatedDelivery(owned.plan, grid, generator);
  return new CampaignRun({ owned, clock, grid, generator, delivery, claimSentAt: times.sentAt });
}

function createLiveDelivery(
  { plan }: OwnedRun,
  grid: Grid,
  clock: RunClock,
  { allowList, live, lookup }: RunContext,
): LiveDelivery {
  // A host that is an address reaches no look-up: it is judged here, and so is how the URL was written.
  const url = allowList.parseTarget(plan.targetUrl);
  const client = createHttpClient({
    url: url.href,
    lookup: createTargetLookup(allowList, lookup),
    maxConnections: live.connectionLimit,
    timeoutMs: live.requestTimeoutMs,
  });
  return new LiveDelivery(grid, clock, {
    client,
    request: { headers: { 'User-Agent': USER_AGENT, Accept: '*/*' } },
    connectionLimit: live.connectionLimit,
  });
}
