import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChaosPostgres } from '../actors/postgres.ts';
import type { Client } from '../operator/client.ts';
import { plantCampaign, startMigratedPostgres } from '../test/planted.ts';
import { type CampaignRecord, entriesOf } from './record.ts';
import { checkShown } from './shown.ts';

let postgres: ChaosPostgres;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());

/** An API that shows this record. */
function show(record: CampaignRecord): Client {
  const entries = entriesOf(record);
  const bodies: Readonly<Record<string, object>> = {
    status: { status: record.status, total_requests: record.lastSequence },
    campaigns: { traffic_generation: { missed_requests: record.missedRequests } },
    generated: entries,
    download: { traffic_data: entries },
  };
  return {
    async ask(request) {
      const data = bodies[request.path.split('/')[3] ?? ''];
      const answer = { kind: 'answered', status: 200, retryAfter: null, body: { data } } as const;
      return { request, answer, sentAt: 0, answeredAt: 0 };
    },
  };
}

describe('the check of what is shown', () => {
  it('finds nothing where all that is stored is shown', async () => {
    const record = await (await plantCampaign(postgres.pool)).read();
    expect(await checkShown(show(record), record)).toEqual([]);
  });

  it('finds entries, counts and a status that are shown and not stored', async () => {
    const campaign = await plantCampaign(postgres.pool);
    const before = await campaign.read();
    await campaign.run('DELETE FROM chunks WHERE campaign_id = $1 AND last_sequence = 30');
    await campaign.run(
      `UPDATE campaigns SET last_sequence = 20, missed_requests = 7, status = 'stopped' WHERE id = $1`,
    );
    const found = (await checkShown(show(before), await campaign.read())).map(({ sentence }) => sentence);
    expect(found.join('\n')).toMatch(
      /status shown[\s\S]*number of entries shown[\s\S]*missed requests[\s\S]*30 entries are shown[\s\S]*download/,
    );
  });
});
