// Campaigns on a real worker, database, queue and bus.
import {
  type CampaignEvent,
  toCampaignTopic,
  toJobId,
  WORKER_TOPIC,
  type WorkerSignal,
} from '@trafficflux/campaigns';
import { createEventBus } from '@trafficflux/event-bus';
import { createJobQueue } from '@trafficflux/job-queue';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Campaigns, createCampaigns } from './campaigns.ts';
import { expectExact, expectPaced, expectWhole } from './facts.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

let campaigns: Campaigns;
const opened: TestWorker[] = [];

beforeAll(async () => {
  campaigns = await createCampaigns();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((worker) => worker.close()));
});
afterAll(() => campaigns.close());

/** With a lease so long that a machine that is busy does not look like one that is frozen. */
async function startWorker(environment: Record<string, string> = {}): Promise<TestWorker> {
  const worker = await startTestWorker(campaigns.url, { LEASE_MS: '60000', ...environment });
  opened.push(worker);
  return worker;
}

const statusOf = async (id: string) => (await campaigns.row(id)).status;
const countOf = async (id: string) => (await campaigns.row(id)).last_sequence;
const second = 1 / 60;

describe('a campaign', () => {
  test('keeps its rate, is complete and exact, and ends by itself', async () => {
    await startWorker();
    const id = await campaigns.begin({ durationMinutes: 3 * second, randomizeTiming: true });
    await expect.poll(() => statusOf(id)).toBe('completed');
    const entries = await expectExact(campaigns, id);
    const { missed_requests, is_generating, owner } = await campaigns.row(id);
    expect([entries.length, missed_requests]).toEqual([300, 0]);
    expectPaced(entries, 6000);
    expect([is_generating, owner]).toEqual([false, null]);
    expect(entries.every(({ simulated }) => simulated)).toBe(true);
  });

  test('of many is as exact as one alone', async () => {
    await startWorker();
    const ids = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        campaigns.begin({ durationMinutes: 2 * second, requestsPerMinute: 300 + 10 * index }),
      ),
    );
    for (const id of ids) {
      await expect.poll(() => statusOf(id)).toBe('completed');
      await expectExact(campaigns, id);
    }
  });

  test('that is paused stores nothing more, and goes on with the next request', async () => {
    const worker = await startWorker();
    const id = await campaigns.begin();
    await expect.poll(() => countOf(id)).toBeGreaterThan(50);
    await campaigns.states.change(id, 'paused', 'test');
    const atPause = await countOf(id);
    await expect.poll(() => worker.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
    expect(await countOf(id)).toBe(atPause);
    await campaigns.states.change(id, 'running', 'test');
    await expect.poll(() => countOf(id)).toBeGreaterThan(atPause + 50);
    const entries = await expectWhole(campaigns, id);
    expect((await campaigns.row(id)).missed_requests).toBe(0);
    expect(entries.map(({ slot }) => slot)).toEqual(entries.map((_, index) => index));
  });

  test('that is stopped stores nothing more', async () => {
    const worker = await startWorker();
    const id = await campaigns.begin();
    await expect.poll(() => countOf(id)).toBeGreaterThan(0);
    await campaigns.states.stop(id, 'test');
    const atStop = await countOf(id);
    await expect.poll(() => worker.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
    expect(await countOf(id)).toBe(atStop);
    await expectExact(campaigns, id);
  });

  test('whose whole time passed without a worker ends as an error that says so', async () => {
    const id = await campaigns.begin({ requestsPerMinute: 60, durationMinutes: second, latencyMs: [0, 0] });
    await campaigns.pool.query(
      `UPDATE campaigns SET running_since = now() - interval '1 minute', owner = 'gone',
              lease_until = now() - interval '50 seconds' WHERE id = $1`,
      [id],
    );
    await startWorker();
    await expect.poll(() => statusOf(id)).toBe('error');
    const { error, last_sequence, missed_requests } = await campaigns.row(id);
    expect(error).toBe('The campaign ended without a single request.');
    expect([last_sequence, missed_requests]).toEqual([0, 1]);
  });

  test('tells on its topic how it gets on', async () => {
    const events: CampaignEvent[] = [];
    const bus = createEventBus({ databaseUrl: campaigns.url, name: 'test' });
    await bus.subscribe('campaigns.*', { onEvent: ({ data }) => void events.push(data as CampaignEvent) });
    await startWorker();
    const id = await campaigns.begin({ durationMinutes: 2 * second });
    const own = () => events.filter(({ campaign_id }) => campaign_id === id);
    await expect.poll(() => own().map(({ type }) => type)).toContain('completed');
    await bus.close();
    expect(toCampaignTopic(id)).toBe(`campaigns.${id}`);
    expect(own().some(({ type, status }) => type === 'progress' && status === 'running')).toBe(true);
    const row = await campaigns.row(id);
    expect(own().at(-1)).toMatchObject({
      type: 'completed',
      status: 'completed',
      total_requests: row.last_sequence,
      successful_requests: row.successful_requests,
      message: `The campaign completed after ${row.last_sequence} requests.`,
    });
  });

  test('has its end in the log of the process, with its id, and in its own', async () => {
    const worker = await startWorker();
    const id = await campaigns.begin({ durationMinutes: second, requestsPerMinute: 60 });
    await expect.poll(() => statusOf(id)).toBe('completed');
    await worker.close();
    opened.splice(0);
    expect(worker.lines).toContainEqual(
      expect.objectContaining({ level: 30, campaign_id: id, event: 'completed' }),
    );
    const { rows } = await campaigns.pool.query(
      'SELECT level, event, message FROM campaign_logs WHERE campaign_id = $1',
      [id],
    );
    expect(rows).toEqual([
      { level: 'info', event: 'completed', message: 'The campaign completed after 1 request.' },
    ]);
  });
});

describe('a worker', () => {
  test('that is full leaves campaigns to others, and takes them when it has room', async () => {
    const full = await startWorker({ WORKER_CAPACITY: '2' });
    const ids = [await campaigns.begin(), await campaigns.begin(), await campaigns.begin()];
    await expect.poll(() => full.ask('/health').then(({ body }) => body)).toContain('"campaigns":2');
    const owned = async () => {
      const rows = await Promise.all(ids.map((id) => campaigns.row(id)));
      return rows.filter(({ owner }) => owner !== null).length;
    };
    expect(await owned()).toBe(2);
    await startWorker();
    await expect.poll(owned).toBe(3);
    for (const id of ids) await campaigns.states.stop(id, 'test');
    await expect.poll(() => full.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
    const id = await campaigns.begin({ durationMinutes: second, requestsPerMinute: 60 });
    await expect.poll(() => statusOf(id)).toBe('completed');
  });

  test('hears of a stop over the bus, long before anything is due', async () => {
    const worker = await startWorker();
    const id = await campaigns.begin({ requestsPerMinute: 1, latencyMs: [0, 0] });
    await expect.poll(() => countOf(id)).toBe(1);
    const change = await campaigns.states.stop(id, 'test');
    const bus = createEventBus({ databaseUrl: campaigns.url, name: 'test' });
    await bus.publish(WORKER_TOPIC, { campaign_id: id, epoch: change?.epoch ?? 0 } satisfies WorkerSignal);
    await expect
      .poll(() => worker.lines)
      .toContainEqual(expect.objectContaining({ campaign_id: id, reason: 'a signal said so' }));
    await bus.close();
    expect((await worker.ask('/health')).body).toContain('"campaigns":0');
  });

  test('is woken by the queue', async () => {
    const worker = await startWorker();
    const queue = createJobQueue({ name: 'campaigns', databaseUrl: campaigns.url });
    const id = await campaigns.begin({ durationMinutes: second, requestsPerMinute: 60 });
    await queue.add(toJobId({ campaignId: id, run: 1, epoch: 2 }), { campaignId: id, run: 1 });
    await expect.poll(() => statusOf(id)).toBe('completed');
    await expect.poll(() => queue.counts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    await queue.close();
    expect(worker.lines.filter(({ level }) => level === 50)).toEqual([]);
  });

  test('shows how it is, and what it did', async () => {
    const worker = await startWorker({ WORKER_NAME: 'shown' });
    const id = await campaigns.begin({ durationMinutes: second, requestsPerMinute: 600 });
    await expect.poll(() => statusOf(id)).toBe('completed');
    expect(JSON.parse((await worker.ask('/health')).body)).toEqual({
      status: 'healthy',
      worker: 'shown',
      capacity: 1000,
      campaigns: 0,
    });
    expect(await worker.ask('/health/ready')).toMatchObject({ status: 200 });
    const { body } = await worker.ask('/metrics');
    expect(body).toMatch(/^worker_entries_total\{service="load-worker"\} 10$/m);
    expect(body).toMatch(/^worker_claims_total\{service="load-worker"\} 1$/m);
    const unknown = await worker.ask('/nothing');
    expect([unknown.status, JSON.parse(unknown.body).success]).toEqual([404, false]);
  });
});
