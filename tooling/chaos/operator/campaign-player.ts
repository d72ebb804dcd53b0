/** Creates a campaign, starts it, and does to it what the plan says. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Violation } from '../invariants/violation.ts';
import { type CampaignPlan, REQUESTS_PER_MINUTE } from '../plan/campaigns.ts';
import { act, type Campaign } from './actions.ts';
import type { Client } from './client.ts';
import { createLedger } from './ledger.ts';

const ASK_AGAIN_MS = 100;
const LIST_LIMIT = 1000;

/** Asks until it is there; whether a lost request has created it, its name tells. */
export async function createCampaign(
  client: Client,
  name: string,
  plan: CampaignPlan,
  violations: Violation[],
): Promise<Campaign> {
  const body = {
    name,
    target_url: 'https://example.com',
    requests_per_minute: REQUESTS_PER_MINUTE,
    duration_minutes: plan.durationMinutes,
    config: {
      seed: plan.seed,
      simulated_latency_ms: plan.latencyMs,
      randomize_timing: plan.isRandomlyTimed,
    },
  };
  for (;;) {
    const { answer } = await client.ask({ method: 'POST', path: '/api/sessions', body });
    const isCreated = answer.kind === 'answered' && answer.status === 200;
    if (answer.kind === 'answered' && !isCreated && answer.status < 500)
      throw new Error(`A campaign was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
    const id: string | undefined = isCreated ? answer.body.id : await findByName(client, name);
    if (id !== undefined) return { id, client, ledger: createLedger(id), violations };
    await wait(ASK_AGAIN_MS);
  }
}

async function findByName(client: Client, name: string): Promise<string | undefined> {
  for (let offset = 0; ; offset += LIST_LIMIT) {
    const path = `/api/sessions?limit=${LIST_LIMIT}&offset=${offset}`;
    const { answer } = await client.ask({ method: 'GET', path });
    const list = answer.kind === 'answered' && answer.status === 200 ? answer.body : null;
    if (list === null) {
      offset -= LIST_LIMIT;
      await wait(ASK_AGAIN_MS);
      continue;
    }
    const found = list.find((campaign: { name: string }) => campaign.name === name);
    if (found !== undefined || list.length < LIST_LIMIT) return found?.id;
  }
}

/** Resolves when the last step is done, or the campaign is over before. */
export async function playCampaign(campaign: Campaign, plan: CampaignPlan): Promise<void> {
  await wait(plan.startsAfterMs);
  if (!(await begin(campaign))) return;
  for (const { kind, afterMs, hangsUpAfterMs } of plan.steps) {
    await wait(afterMs);
    const isDone =
      kind === 'generate' ? await begin(campaign) : (await act(campaign, kind, hangsUpAfterMs)) === 'done';
    if (!isDone) return;
  }
}

async function begin(campaign: Campaign): Promise<boolean> {
  if ((await act(campaign, 'set-running')) !== 'done') return false;
  return (await act(campaign, 'generate')) === 'done';
}
