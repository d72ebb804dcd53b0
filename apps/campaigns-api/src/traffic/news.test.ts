// H12 and H8: what workers, watchers and the log learn of changes.
import type { CampaignEvent, WorkerSignal } from '@trafficflux/campaigns';
import type { BusSubscription } from '@trafficflux/event-bus';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCampaign, startWithEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
let subscriptions: BusSubscription[];
const events: CampaignEvent[] = [];
const signals: WorkerSignal[] = [];

beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());
beforeEach(async () => {
  const { bus } = service.stores;
  subscriptions = await Promise.all([
    bus.subscribe('campaigns.*', { onEvent: ({ data }) => void events.push(data as CampaignEvent) }),
    bus.subscribe('workers.campaigns', { onEvent: ({ data }) => void signals.push(data as WorkerSignal) }),
  ]);
});
afterEach(async () => {
  await Promise.all(subscriptions.map((subscription) => subscription.close()));
});

const eventsOf = (id: string) => events.filter(({ campaign_id }) => campaign_id === id);
const typesOf = (id: string) => eventsOf(id).map(({ type }) => type);
const epochsOf = (id: string) =>
  signals.filter(({ campaign_id }) => campaign_id === id).map(({ epoch }) => epoch);

async function epochOf(id: string): Promise<number> {
  const { rows } = await service.sql.query('SELECT epoch::int FROM campaigns WHERE id = $1', [id]);
  return rows[0].epoch;
}

describe('watchers of a campaign', () => {
  test('hear of a start, a pause, its end and a stop, in this order', async () => {
    const id = await startCampaign(service);
    await service.setStatus(id, 'paused');
    await service.setStatus(id, 'running');
    await service.post(`/api/traffic/stop/${id}`);
    await expect
      .poll(() => typesOf(id))
      .toEqual(['status_changed', 'started', 'paused', 'resumed', 'stopped']);
  });

  test.each(['completed', 'error', 'stopped'])('hear that it became %s', async (status) => {
    const id = await startCampaign(service);
    await service.setStatus(id, status);
    await expect.poll(() => typesOf(id)).toEqual(['status_changed', 'started', status]);
  });

  test('hear the counts and the run with it', async () => {
    const { id } = await startWithEntries(service, 20);
    await service.post(`/api/traffic/cleanup/${id}`);
    await expect.poll(() => typesOf(id)).toHaveLength(3);
    expect(eventsOf(id).at(-1)).toEqual({
      type: 'stopped',
      campaign_id: id,
      at: expect.any(Number),
      status: 'stopped',
      run: 1,
      total_requests: 20,
      successful_requests: 16,
      progress_percentage: expect.closeTo(3.33, 2),
      worker: null,
      message: null,
    });
    expect(eventsOf(id)[1]).toMatchObject({ type: 'started', status: 'running', run: 1, total_requests: 0 });
  });
});

describe('workers', () => {
  test.each([
    ['a stop', (id: string) => service.post(`/api/traffic/stop/${id}`)],
    ['a cleanup', (id: string) => service.post(`/api/traffic/cleanup/${id}?purge=true`)],
    ['a pause', (id: string) => service.setStatus(id, 'paused')],
    ['an end', (id: string) => service.setStatus(id, 'completed')],
  ])('hear of %s, with an epoch that shuts out the one they have', async (_, change) => {
    const id = await startCampaign(service);
    const owned = await service.stores.ownership.claim(id, 'somebody');
    await change(id);
    await expect.poll(() => epochsOf(id)).toHaveLength(1);
    expect(epochsOf(id)[0]).toBeGreaterThan(owned?.epoch ?? Number.NaN);
    expect(epochsOf(id)[0]).toBeLessThanOrEqual(await epochOf(id));
  });

  test('are woken when a paused campaign goes on', async () => {
    const woken: unknown[] = [];
    const consumer = service.stores.queue.consume(async ({ data }) => void woken.push(data));
    const id = await startCampaign(service);
    await service.setStatus(id, 'paused');
    await service.setStatus(id, 'running');
    const job = { campaignId: id, run: 1 };
    await expect.poll(() => woken.filter((data) => JSON.stringify(data).includes(id))).toEqual([job, job]);
    await consumer.close();
  });
});

describe('the log', () => {
  const linesOf = (id: string) =>
    service.lines.map((line) => JSON.parse(line)).filter((line) => line.campaign_id === id);

  test('has one line with the campaign for each start, change, stop, cleanup and download', async () => {
    const { id } = await startWithEntries(service, 3);
    await service.setStatus(id, 'paused');
    await service.setStatus(id, 'paused');
    await service.post(`/api/traffic/stop/${id}`);
    await service.post(`/api/traffic/resume/${id}`);
    await service.get(`/api/traffic/download/${id}`);
    await service.post(`/api/traffic/cleanup/${id}`);
    await service.post(`/api/traffic/cleanup/${id}?purge=true`);
    const expected = [
      ['created', 'Campaign created'],
      ['status', "Status changed from 'draft' to 'running'"],
      ['started', 'Run 1 started'],
      ['status', "Status changed from 'running' to 'paused'"],
      ['stopped', 'Traffic generation stopped'],
      ['started', 'Run 2 started'],
      ['downloaded', '3 entries downloaded'],
      ['cleaned-up', 'Resources cleaned up'],
      ['cleaned-up', 'Resources cleaned up, entries deleted'],
    ];
    const lines = linesOf(id).filter(({ event }) => event !== undefined);
    expect(lines.map(({ event, msg }) => [event, msg])).toEqual(expected);
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set([lines[0].level]));
    await service.stores.log.settle();
    const { data } = (await service.get(`/api/traffic/campaigns/${id}/logs`)).json;
    const stored = data.map(({ event, message }: Record<string, string>) => [event, message]);
    expect(stored.toSorted()).toEqual(expected.toSorted());
  });

  test('has a line with the campaign for each refusal', async () => {
    const id = await startCampaign(service);
    await service.post('/api/traffic/generate', { campaign_id: id });
    await service.setStatus(id, 'draft');
    await service.get(`/api/traffic/stats/${id}`);
    expect(
      linesOf(id)
        .filter(({ event }) => event === 'error')
        .map(({ msg }) => msg),
    ).toEqual([
      'Traffic generation is already running for this campaign',
      "Invalid status transition from 'running' to 'draft'",
      'No traffic data found for campaign',
    ]);
  });
});
