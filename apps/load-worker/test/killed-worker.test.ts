// Workers as processes that are killed, frozen and asked to end, in the middle of a campaign.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Campaigns, createCampaigns } from './campaigns.ts';
import { expectExact } from './facts.ts';
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

const statusOf = async (id: string) => (await campaigns.row(id)).status;
const ownerOf = async (id: string) => (await campaigns.row(id)).owner;
const countOf = async (id: string) => (await campaigns.row(id)).last_sequence;

/** Each slot was stored or missed, none twice. */
async function expectWhole(id: string, slots: number): Promise<void> {
  const entries = await expectExact(campaigns, id);
  expect(entries.length + (await campaigns.row(id)).missed_requests).toBe(slots);
}

test('a campaign whose worker is killed goes on with another, exact to the entry', async () => {
  const first = await start();
  const id = await campaigns.begin({ durationMinutes: 4 / 60 });
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  await first.end('SIGKILL');
  const stored = await countOf(id);
  const second = await start();
  await expect.poll(() => ownerOf(id)).toBe(second.name);
  await expect.poll(() => statusOf(id)).toBe('completed');
  expect(await countOf(id)).toBeGreaterThan(stored);
  await expectWhole(id, 400);
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
  await campaigns.states.stop(id, 'test');
  const entries = await expectExact(campaigns, id);
  const { next_slot, missed_requests } = await campaigns.row(id);
  expect(entries.length + missed_requests).toBe(next_slot);
  const owners = await campaigns.chunks(id);
  expect(new Set(owners.map(({ epoch }) => epoch)).size).toBe(10);
}, 120_000);

test('a worker that was frozen beyond its lease changes nothing when it wakes', async () => {
  const frozen = await start();
  const id = await campaigns.begin({ durationMinutes: 5 / 60 });
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  frozen.signal('SIGSTOP');
  const successor = await start();
  await expect.poll(() => ownerOf(id)).toBe(successor.name);
  const { epoch } = await campaigns.row(id);
  frozen.signal('SIGCONT');
  await expect.poll(() => frozen.lines.map(({ msg }) => msg)).toContain('gave a run up');
  await expect.poll(() => statusOf(id)).toBe('completed');
  await expectWhole(id, 500);
  const late = (await campaigns.chunks(id)).filter((chunk) => chunk.epoch >= epoch);
  expect(new Set(late.map((chunk) => chunk.epoch))).toEqual(new Set([epoch]));
}, 60_000);

test('a worker that is alone and was frozen counts what it missed, and makes nothing up', async () => {
  const worker = await start({ LEASE_MS: '500' });
  const id = await campaigns.begin({ durationMinutes: 6 / 60 });
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  worker.signal('SIGSTOP');
  await expect
    .poll(async () => {
      const { rows } = await campaigns.pool.query(
        "SELECT lease_until < now() - interval '500 milliseconds' AS over FROM campaigns WHERE id = $1",
        [id],
      );
      return rows[0].over;
    })
    .toBe(true);
  worker.signal('SIGCONT');
  await expect.poll(() => statusOf(id)).toBe('completed');
  expect((await campaigns.row(id)).missed_requests).toBeGreaterThan(0);
  await expectWhole(id, 600);
}, 60_000);

test('a worker that is asked to end hands its campaigns over, long before its lease is over', async () => {
  const first = await start({ LEASE_MS: '600000' });
  const id = await campaigns.begin({ durationMinutes: 5 / 60 });
  await expect.poll(() => countOf(id)).toBeGreaterThan(20);
  const second = await start();
  expect(await first.end('SIGTERM')).toBe(0);
  await expect.poll(() => ownerOf(id)).toBe(second.name);
  await expect.poll(() => statusOf(id)).toBe('completed');
  await expectWhole(id, 500);
  const { rows } = await campaigns.pool.query('SELECT name FROM workers WHERE name = $1', [first.name]);
  expect(rows).toEqual([]);
  expect(await second.end('SIGTERM')).toBe(0);
}, 60_000);
