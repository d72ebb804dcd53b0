/** Reads all the time, as people do who watch: each answer is judged, and no count may go back. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Campaign } from './actions.ts';
import type { Exchange } from './client.ts';

const PAUSE_MS = 60;

/** Until the signal says so. */
export async function watch(campaigns: readonly Campaign[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    for (const campaign of campaigns) {
      await look(campaign, turn);
      if (signal.aborted) return;
      await wait(PAUSE_MS);
    }
  }
}

const PATHS = ['status', 'monitor', 'generated', 'stats', 'status', 'campaigns', 'health'] as const;

async function look(campaign: Campaign, turn: number): Promise<void> {
  const { client, id } = campaign;
  const place = PATHS[turn % PATHS.length] ?? 'status';
  const path =
    place === 'health' ? 'health' : place === 'campaigns' ? `campaigns/${id}/info` : `${place}/${id}`;
  const exchange = await client.ask({ method: 'GET', path: `/api/traffic/${path}` });
  if (place !== 'health') note(campaign, exchange);
}

function note({ id, ledger, violations }: Campaign, { answer, sentAt, request }: Exchange): void {
  if (answer.kind === 'lost' || answer.status !== 200) return;
  const { body } = answer;
  const complain = (sentence: string) =>
    violations.push({
      invariant: 'acknowledged',
      campaignId: id,
      sentence: `GET ${request.path}: ${sentence}`,
    });
  const count = body.data?.total_requests ?? body.data?.traffic_stats?.total_requests;
  if (typeof count === 'number' && !ledger.counted(count, sentAt))
    complain(`${count} entries, after more of them before.`);
  if (Array.isArray(body.data) && body.data.length !== body.metadata?.total_requests)
    complain(`${body.data.length} entries, with ${body.metadata?.total_requests} in its metadata.`);
}
