/** Runs one seed: campaigns are played, faults injected, and when all is quiet every invariant is checked. */
import { readMemory } from '../actors/service-process.ts';
import type { World } from '../actors/world.ts';
import { createEyes } from '../faults/eyes.ts';
import { RECOVERY_LIMIT_MS, type Recovery, type Stage } from '../faults/fault.ts';
import { inject } from '../faults/inject.ts';
import { checkAcknowledged } from '../invariants/acknowledged.ts';
import { judgeAnswer, type Outage } from '../invariants/answers.ts';
import { checkDense } from '../invariants/dense.ts';
import { checkHistory } from '../invariants/history.ts';
import { checkPace } from '../invariants/pace.ts';
import { checkQueue } from '../invariants/queue.ts';
import { checkQuiet } from '../invariants/quiet.ts';
import { type CampaignRecord, readRecords } from '../invariants/record.ts';
import { checkShown } from '../invariants/shown.ts';
import { checkSilence } from '../invariants/silence.ts';
import { checkStatistics } from '../invariants/statistics.ts';
import type { Violation } from '../invariants/violation.ts';
import type { Campaign } from '../operator/actions.ts';
import { createCampaign, playCampaign } from '../operator/campaign-player.ts';
import { type Client, createClient } from '../operator/client.ts';
import { watch } from '../operator/watcher.ts';
import { describeFaults, planSeed, type SeedPlan } from '../plan/plan.ts';

export interface SeedResult {
  readonly seed: number;
  readonly faults: string;
  readonly campaigns: number;
  readonly entries: number;
  readonly missed: number;
  readonly recoveries: readonly Recovery[];
  readonly seconds: number;
  /** Resident memory of the campaigns API at the end, in bytes. */
  readonly apiBytes: number;
  readonly violations: readonly Violation[];
}

export async function runSeed(world: World, seed: number): Promise<SeedResult> {
  const plan = planSeed(seed);
  const startedAt = performance.now();
  await world.workers.resize(plan.workers);
  const beganAt = performance.now();
  const outages: Outage[] = [];
  const violations: Violation[] = [];
  const client = createClient(world.api.url, (exchange) => {
    const violation = judgeAnswer(exchange, outages);
    if (violation !== null) violations.push(violation);
  });
  const campaigns = await createCampaigns(plan, client, violations);
  const eyes = createEyes(world.postgres.pool);
  const recoveries: Recovery[] = [];
  const stage: Stage = { world, plan, campaigns, eyes, outages, violations, recoveries, beganAt };
  await play(stage);
  const records = await check(stage, client);
  return {
    seed,
    faults: describeFaults(plan),
    campaigns: campaigns.length,
    entries: records.reduce((sum, { lastSequence }) => sum + lastSequence, 0),
    missed: records.reduce((sum, { missedRequests }) => sum + missedRequests, 0),
    recoveries,
    seconds: (performance.now() - startedAt) / 1000,
    apiBytes: readMemory(world.api.pid),
    violations: [...violations, ...world.takeDeaths()],
  };
}

/** Names are of this run alone: the same seed may run twice on one database. */
async function createCampaigns(
  { seed, campaigns }: SeedPlan,
  client: Client,
  violations: Violation[],
): Promise<Campaign[]> {
  const run = Date.now().toString(36);
  return Promise.all(
    campaigns.map((plan, index) =>
      createCampaign(client, `seed ${seed}, campaign ${index}, ${run}`, plan, violations),
    ),
  );
}

/** Until every campaign is over, and all that a fault took is back. */
async function play(stage: Stage): Promise<void> {
  const { plan, campaigns } = stage;
  const over = new AbortController();
  const watching = watch(campaigns, over.signal);
  try {
    await Promise.all([
      ...campaigns.map(async (campaign, index) => {
        const its = plan.campaigns[index];
        if (its !== undefined) await playCampaign(campaign, its);
      }),
      ...plan.faults.map((fault) => inject(stage, fault)),
    ]);
    await Promise.all(campaigns.map((campaign) => awaitEnd(stage, campaign)));
  } finally {
    over.abort();
    await watching;
  }
}

async function awaitEnd({ eyes, violations }: Stage, { id }: Campaign): Promise<void> {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  const end = await eyes.until(id, ({ isGenerating }) => !isGenerating, deadline);
  if (end !== null) return;
  const sentence = `It has not ended ${RECOVERY_LIMIT_MS / 1000} s after all that was done to it.`;
  violations.push({ invariant: 'quiet', campaignId: id, sentence });
}

async function check(stage: Stage, client: Client): Promise<CampaignRecord[]> {
  const { world, campaigns, violations } = stage;
  const ids = campaigns.map(({ id }) => id);
  const { pool } = world.postgres;
  violations.push(
    ...(await checkQuiet(pool, ids, [world.api, ...world.workers.all])),
    ...(await checkQueue({ apiUrl: world.api.url, isServed: world.isQueueServed })),
  );
  const records = await readRecords(pool, ids);
  for (const { id, ledger } of campaigns) {
    const record = records.find((each) => each.id === id);
    violations.push(...checkAcknowledged(ledger.acknowledged, record));
    if (record === undefined) continue;
    violations.push(
      ...checkDense(record),
      ...checkStatistics(record),
      ...checkHistory(record),
      ...checkSilence(record, ledger.silences),
      ...checkPace(record),
      ...(await checkShown(client, record)),
    );
  }
  return records;
}
