// Workers as processes that are killed, frozen and asked to end, in the middle of a campaign.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Campaigns, createCampaigns } from './campaigns.ts';
import { expectWhole } from './facts.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

let campaigns: Campaigns;
const processes: WorkerProcess[] = [];

beforeAll(async () => {
  campaigns = await createCampaigns();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((worker) => worker.end('SIGKILL')));
});
afterAll(() => campaigns.close());

async function start(environment: Record<string, string> = {}): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(campaigns.url, environment);
  processes.push(worker);
  return worker;
}

const ownerOf = async (id: string) => (await campaigns.row(id)).owner;
const countOf = async (id: string) => (await campaigns.row(id)).last_sequence;

test('a campaign whose worker is killed goes on with another, exact to the entry', async () => {
  const first = await start();
  const id = await campaigns.begin();
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  const second = await start();
  await first.end('SIGKILL');
  const stored = await countOf(id);
  await expect.poll(() => ownerOf(id)).toBe(second.name);
  await expect.poll(() => countOf(id)).toBeGreaterThan(stored + 20);
  await expectWhole(campaigns, id);
  expect(second.lines).toContainEqual(
    expect.objectContaining({ level: 30, campaign_id: id, event: 'taken-over' }),
  );
}, 60_000);

test('a campaign survives ten kills', async () => {
  const id = await campaigns.begin({ requestsPerMinute: 3000 });
  for (let kill = 0; kill < 10; kill++) {
    const stored = await countOf(id);
    const worker = await start({ LEASE_MS: '500' });
    await expect.poll(() => countOf(id)).toBeGreaterThan(stored);
    await worker.end('SIGKILL');
  }
  await expectWhole(campaigns, id);
  const epochs = (await campaigns.chunks(id)).map(({ epoch }) => epoch);
  expect(new Set(epochs).size).toBeGreaterThanOrEqual(10);
}, 240_000);

test('a worker that was frozen beyond its lease changes nothing when it wakes', async () => {
  const frozen = await start();
  const id = await campaigns.begin();
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  const successor = await start();
  frozen.signal('SIGSTOP');
  await expect.poll(() => ownerOf(id)).toBe(successor.name);
  const { epoch } = await campaigns.row(id);
  frozen.signal('SIGCONT');
  await expect.poll(() => frozen.lines.map(({ msg }) => msg)).toContain('gave a run up');
  const { last_sequence } = await campaigns.row(id);
  await expect.poll(() => countOf(id)).toBeGreaterThan(last_sequence + 20);
  await expectWhole(campaigns, id);
  // Nothing with the older epoch follows the first chunk with the newer one.
  const epochs = (await campaigns.chunks(id)).map((chunk) => chunk.epoch);
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
  expect(epochs.at(-1)).toBeGreaterThanOrEqual(epoch);
}, 60_000);

test('a worker that is alone and was frozen counts what it missed, and makes nothing up', async () => {
  const worker = await start({ LEASE_MS: '500' });
  const id = await campaigns.begin();
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  worker.signal('SIGSTOP');
  await expect.poll(() => isLeaseOver(id)).toBe(true);
  const { last_sequence, missed_requests } = await campaigns.row(id);
  worker.signal('SIGCONT');
  await expect.poll(() => countOf(id)).toBeGreaterThan(last_sequence + 20);
  expect((await campaigns.row(id)).missed_requests).toBeGreaterThan(missed_requests);
  await expectWhole(campaigns, id);
}, 60_000);

test('a worker that is asked to end hands its campaigns over, long before its lease is over', async () => {
  const first = await start({ LEASE_MS: '600000' });
  const id = await campaigns.begin();
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  const second = await start();
  expect(await first.end('SIGTERM')).toBe(0);
  await expect.poll(() => ownerOf(id)).toBe(second.name);
  const { rows } = await campaigns.pool.query('SELECT name FROM workers WHERE name = $1', [first.name]);
  expect(rows).toEqual([]);
  const stored = await countOf(id);
  await expect.poll(() => countOf(id)).toBeGreaterThan(stored + 20);
  await expectWhole(campaigns, id);
  expect(await second.end('SIGTERM')).toBe(0);
}, 60_000);

/** By half a second. */
async function isLeaseOver(id: string): Promise<boolean> {
  const { rows } = await campaigns.pool.query(
    "SELECT lease_until < now() - interval '500 milliseconds' AS is_over FROM campaigns WHERE id = $1",
    [id],
  );
  return rows[0].is_over;
}
