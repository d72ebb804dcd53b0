/** What one seed does: computed before anything starts, and the same whenever the seed is the same. */
import { type CampaignPlan, planCampaign, planEndlessCampaign, planSteadyCampaign } from './campaigns.ts';
import { FAULT_KINDS, type FaultKind, type FaultPlan, planFault } from './faults.ts';
import { createRandom, type Random } from './random.ts';

export interface SeedPlan {
  readonly seed: number;
  readonly workers: number;
  /** A worker that comes back may have the name that it had. */
  readonly keepsWorkerNames: boolean;
  readonly campaigns: readonly CampaignPlan[];
  readonly faults: readonly FaultPlan[];
}

export function planSeed(seed: number): SeedPlan {
  const random = createRandom(seed);
  const kinds = chooseFaults(seed, random);
  // Ten kills take longer than any other campaign.
  const first = kinds.includes('ten-kills') ? planEndlessCampaign(random) : planSteadyCampaign(random);
  const others = Array.from({ length: random.integer(1, 2) }, () => planCampaign(random));
  const campaigns = [first, ...others];
  return {
    seed,
    // Ten kills follow each other sooner than processes start.
    workers: kinds.includes('ten-kills') ? 4 : random.integer(2, 3),
    keepsWorkerNames: random.chance(0.5),
    campaigns,
    faults: kinds.map((kind) => planFault(kind, campaigns, random)),
  };
}

/** Five seeds in a row have every kind; a second one may come on top, but not on ten kills, which fill the time. */
function chooseFaults(seed: number, random: Random): FaultKind[] {
  const first = FAULT_KINDS[Math.abs(seed) % FAULT_KINDS.length] ?? 'kill-worker';
  const second = random.pick(FAULT_KINDS.filter((kind) => kind !== 'ten-kills'));
  if (first === 'ten-kills' || second === first || random.chance(0.3)) return [first];
  return [first, second];
}

/** One line for people. */
export function describeFaults({ faults }: SeedPlan): string {
  return faults
    .map((fault) =>
      fault.kind === 'kill-redis'
        ? `${fault.kind} (${fault.keepsFile ? 'file kept' : 'file lost'})`
        : fault.kind,
    )
    .join(' + ');
}
