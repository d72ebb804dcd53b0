// A worker whose database or Redis goes away and comes back: it stays, and campaigns stay exact.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toJobId } from '@trafficflux/campaigns';
import { createJobQueue } from '@trafficflux/job-queue';
import {
  describeOnOwnRedis,
  type OwnPostgres,
  type OwnRedis,
  startOwnPostgres,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Campaigns, createCampaigns, createCampaignsIn } from './campaigns.ts';
import { expectExact, expectWhole } from './facts.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

describe('while PostgreSQL restarts', () => {
  let postgres: OwnPostgres;
  let campaigns: Campaigns;
  let worker: TestWorker;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    campaigns = await createCampaignsIn(postgres.url);
    worker = await startTestWorker(postgres.url, { LEASE_MS: '1000' });
  });
  afterAll(async () => {
    await worker.close();
    await campaigns.close();
    await postgres.remove();
  });

  test('a campaign waits, goes on by itself, and stays exact', async () => {
    const id = await campaigns.begin();
    const countOf = async () => (await campaigns.row(id)).last_sequence;
    await expect.poll(countOf).toBeGreaterThan(20);
    const stored = await countOf();
    await postgres.stop();
    expect(await worker.ask('/health/ready')).toMatchObject({ status: 503 });
    expect(await worker.ask('/health')).toMatchObject({ status: 200 });
    await postgres.restart();
    await expect.poll(countOf).toBeGreaterThan(stored + 200);
    await expectWhole(campaigns, id);
  }, 60_000);

  test('live requests stop soon, none is made up for, and they go on afterwards', async () => {
    let hits = 0;
    const target = createServer((_request, response) => {
      hits++;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    const id = await campaigns.begin({ delivery: 'live', targetUrl: `http://127.0.0.1:${port}/` });
    await expect.poll(() => hits).toBeGreaterThan(20);
    postgres.freeze();
    let before = -1;
    await expect
      .poll(
        () => {
          const isQuiet = hits === before;
          before = hits;
          return isQuiet;
        },
        { interval: 200 },
      )
      .toBe(true);
    postgres.thaw();
    await expect.poll(() => hits).toBeGreaterThan(before + 20);
    await campaigns.states.stop(id, 'test');
    const { sent_requests, missed_requests, next_slot } = await campaigns.row(id);
    expect(missed_requests).toBeGreaterThan(0);
    expect(sent_requests).toBeLessThanOrEqual(hits);
    const entries = await expectExact(campaigns, id);
    expect(entries.length + missed_requests).toBeLessThanOrEqual(next_slot);
    target.closeAllConnections();
    target.close();
  }, 60_000);

  test('campaigns that begin afterwards run as before', async () => {
    const id = await campaigns.begin({ durationMinutes: 1 / 60, requestsPerMinute: 600 });
    await expect.poll(async () => (await campaigns.row(id)).status).toBe('completed');
    await expectExact(campaigns, id);
  });
});

describeOnOwnRedis('while Redis is away', () => {
  let redis: OwnRedis;
  let campaigns: Campaigns;
  let worker: TestWorker;

  beforeAll(async () => {
    redis = await startOwnRedis();
    campaigns = await createCampaigns();
    worker = await startTestWorker(campaigns.url, { REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await worker.close();
    await campaigns.close();
    await redis.stop();
  });
  const statusOf = async (id: string) => (await campaigns.row(id)).status;

  test('campaigns go on, begin, pause and end; the queue is heard again when it is back', async () => {
    const running = await campaigns.begin();
    const countOf = async () => (await campaigns.row(running)).last_sequence;
    await expect.poll(countOf).toBeGreaterThan(20);
    await redis.kill();
    const stored = await countOf();
    const begun = await campaigns.begin({ durationMinutes: 1 / 60, requestsPerMinute: 600 });
    await expect.poll(() => statusOf(begun)).toBe('completed');
    await expectExact(campaigns, begun);
    await expect.poll(countOf).toBeGreaterThan(stored + 20);
    await expectWhole(campaigns, running);
    await expect.poll(() => worker.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
    expect(await worker.ask('/health/ready')).toMatchObject({ status: 200 });

    await redis.restart();
    const queue = createJobQueue({ name: 'campaigns', redisUrl: redis.url });
    const job = { campaignId: 'unknown', run: 1 };
    await expect
      .poll(() => queue.add(toJobId({ ...job, epoch: 1 }), job).catch(({ code }) => code))
      .toBe('added');
    await expect.poll(() => queue.counts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    await queue.close();
  }, 60_000);
});
