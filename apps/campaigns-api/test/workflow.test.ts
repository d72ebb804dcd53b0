// The service with a load worker beside it: what no half of them can promise alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCampaign } from './entries.ts';
import { type LoadWorker, startLoadWorker } from './load-worker.ts';
import { type Service, startCampaignsApi } from './service.ts';

const FAST = { requests_per_minute: 6000, config: { simulated_latency_ms: 50, seed: 1 } };

let service: Service;
let worker: LoadWorker;
beforeAll(async () => {
  service = await startCampaignsApi();
  worker = await startLoadWorker(service.databaseUrl);
});
afterAll(async () => {
  await worker.end('SIGTERM');
  await service.close();
});

const monitor = async (id: string) => (await service.get(`/api/traffic/monitor/${id}`)).json.data;
const total = async (id: string): Promise<number> => (await monitor(id)).total_requests;
const untilMoreThan = (id: string, count: number) => expect.poll(() => total(id)).toBeGreaterThan(count);

interface Entry {
  readonly id: string;
  readonly sequence: number;
  readonly success: boolean;
}

/** What is stored is dense and unique, and the statistics are a recount of it. */
async function expectExact(id: string): Promise<void> {
  const { data } = (await service.get(`/api/traffic/download/${id}`)).json;
  const entries: Entry[] = data.traffic_data;
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
  const { total_requests, successful_requests } = await monitor(id);
  expect([total_requests, successful_requests]).toEqual([
    entries.length,
    entries.filter(({ success }) => success).length,
  ]);
}

describe('a campaign with a worker', () => {
  test.each([
    ['a pause', (id: string) => service.setStatus(id, 'paused')],
    ['a stop', (id: string) => service.post(`/api/traffic/stop/${id}`)],
    ['a cleanup', (id: string) => service.post(`/api/traffic/cleanup/${id}`)],
    ['a completion', (id: string) => service.setStatus(id, 'completed')],
  ])('F59 stores nothing more after %s was acknowledged', async (_, end) => {
    const id = await startCampaign(service, FAST);
    await untilMoreThan(id, 30);
    expect((await end(id)).status).toBe(200);
    const count = await total(id);
    // The worker that had it runs another one meanwhile.
    const other = await startCampaign(service, FAST);
    await untilMoreThan(other, 100);
    expect(await total(id)).toBe(count);
    await expectExact(id);
    await service.post(`/api/traffic/stop/${other}`);
  });

  test('F59 goes on after a pause at the next entry, without a gap or one twice', async () => {
    const id = await startCampaign(service, FAST);
    for (let round = 0; round < 3; round++) {
      await untilMoreThan(id, await total(id));
      await service.setStatus(id, 'paused');
      await service.setStatus(id, 'running');
    }
    await untilMoreThan(id, await total(id));
    await service.post(`/api/traffic/stop/${id}`);
    await expectExact(id);
  });

  test('ends as completed after its duration, with every entry made or counted as missed', async () => {
    const id = await startCampaign(service, { ...FAST, duration_minutes: 0.02 });
    await expect.poll(async () => (await service.show(id)).status).toBe('completed');
    const { traffic_generation: traffic } = (await service.get(`/api/traffic/campaigns/${id}/info`)).json
      .data;
    // A machine that is too busy misses some, and says how many.
    expect((await total(id)) + traffic.missed_requests).toBe(120);
    await expectExact(id);
  });

  test('is shown with the worker that runs it', async () => {
    const id = await startCampaign(service, FAST);
    const info = async () =>
      (await service.get(`/api/traffic/campaigns/${id}/info`)).json.data.traffic_generation;
    await expect.poll(info).toMatchObject({ is_running: true, worker: worker.name, workers: 1 });
    const health = (await service.get('/api/traffic/health')).json.data;
    expect(health).toMatchObject({ worker: worker.name, workers: 1 });
    await service.remove(`/api/sessions/${id}`);
    expect((await service.get(`/api/traffic/download/${id}`)).status).toBe(404);
  });
});
