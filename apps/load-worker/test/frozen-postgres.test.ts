// A worker that is asked to end while its database accepts everything and answers nothing.
import { type OwnPostgres, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Campaigns, createCampaignsIn } from './campaigns.ts';
import { expectWhole } from './facts.ts';
import { startWorkerProcess } from './worker-process.ts';

let postgres: OwnPostgres;
let campaigns: Campaigns;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  campaigns = await createCampaignsIn(postgres.url);
});
afterAll(async () => {
  await campaigns.close();
  await postgres.remove();
});

test('ends well within its grace, and its campaign goes on when the lease is over', async () => {
  await using first = await startWorkerProcess(postgres.url);
  const id = await campaigns.begin();
  const countOf = async () => (await campaigns.row(id)).last_sequence;
  await expect.poll(countOf).toBeGreaterThan(20);
  postgres.freeze();
  // From here on one write is under way, and another waits behind it: each for longer than half of the grace.
  await expect.poll(() => first.lines.map(({ msg }) => msg)).toContain('chunks cannot be written');
  const code = await first.end('SIGTERM').finally(() => postgres.thaw());
  expect(code).toBe(0);
  expect(first.lines.map(({ msg }) => msg)).toContain(
    'the database does not answer: its runs are free when their leases are over',
  );
  await using second = await startWorkerProcess(postgres.url);
  const stored = await countOf();
  await expect.poll(async () => (await campaigns.row(id)).owner).toBe(second.name);
  await expect.poll(countOf).toBeGreaterThan(stored + 20);
  await expectWhole(campaigns, id);
}, 120_000);
