// The database goes away in the middle, and comes back with what was acknowledged.
import { createPool, migrate } from '@trafficflux/postgres';
import { type OwnPostgres, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { campaignMigrations } from '../src/index.ts';
import { type TestCampaigns, toChunk, useCampaigns } from './campaigns.ts';
import { expectPath, expectWhole } from './whole.ts';

let postgres: OwnPostgres;
let campaigns: TestCampaigns;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  await migrate({ databaseUrl: postgres.url, folder: campaignMigrations });
  campaigns = useCampaigns(createPool({ databaseUrl: postgres.url, name: 'test' }), postgres.url);
});
afterAll(async () => {
  await campaigns.pool.end();
  await postgres.remove();
});

test('a crash of the database loses nothing that was acknowledged, and everything goes on after it', async () => {
  const id = await campaigns.start();
  const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
  let last = 0;
  for (let crashes = 0; crashes < 2; crashes++) {
    expect(await campaigns.writer.write([toChunk(id, epoch, last, 10)])).toEqual(new Map([[id, 'written']]));
    last += 10;
    // One more is under way: nobody knows what becomes of it.
    const underWay = campaigns.writer.write([toChunk(id, epoch, last, 10)]).catch(() => new Map());
    await postgres.crash();
    const isKnown = (await underWay).get(id) === 'written';
    if (!isKnown) await expect(campaigns.writer.write([toChunk(id, epoch, last, 10)])).rejects.toThrow();
    await expect(campaigns.states.stop(id, 'api')).rejects.toThrow();
    await expect(campaigns.ownership.renew('one', [{ campaignId: id, epoch }])).rejects.toThrow();
    await postgres.restart();
    expect(await campaigns.writer.write([toChunk(id, epoch, last, 10)])).toEqual(new Map([[id, 'written']]));
    last += 10;
    expect(await campaigns.ownership.renew('one', [{ campaignId: id, epoch }])).toEqual(new Set([id]));
  }
  expect(await campaigns.row(id)).toMatchObject({ last_sequence: String(last), status: 'running' });
  await expectWhole(campaigns, id);
  expect(await campaigns.states.stop(id, 'api')).toMatchObject({ status: 'stopped' });
  await expectPath(campaigns, id);
});
