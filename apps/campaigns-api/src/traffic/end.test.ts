// Contracts 2.2/2 and 2.2/3: stop and cleanup.
import { createChunkWriter, packEntries } from '@trafficflux/campaigns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCampaign, startWithEntries, storeEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const stop = (id: string) => service.post(`/api/traffic/stop/${id}`);
const cleanup = (id: string, query = '') => service.post(`/api/traffic/cleanup/${id}${query}`);
const refusal = (message: string) => ({ success: false, error: message, message });
const monitor = async (id: string) => (await service.get(`/api/traffic/monitor/${id}`)).json.data;

const STOPPED = { success: true, message: 'Traffic generation stopped successfully' };
const CLEANED = { success: true, message: 'Campaign resources cleaned up successfully' };
const NOTHING = refusal('No active traffic generation found for this campaign');

describe('POST /api/traffic/stop/{id}', () => {
  test('makes the campaign stopped, with its end', async () => {
    const id = await startCampaign(service);
    const answer = await stop(id);
    expect([answer.status, answer.json]).toEqual([200, STOPPED]);
    const shown = await service.show(id);
    expect(shown.status).toBe('stopped');
    expect(shown.end_time).toBe(new Date(shown.end_time).toISOString());
    const again = await service.setStatus(id, 'stopped');
    expect([again.status, again.json.previous_status]).toEqual([200, 'stopped']);
  });

  test('stops a paused campaign', async () => {
    const id = await startCampaign(service);
    await service.setStatus(id, 'paused');
    expect((await stop(id)).status).toBe(200);
    expect((await service.show(id)).status).toBe('stopped');
  });

  test('shuts out the worker that runs it: what it writes afterwards is not stored', async () => {
    const id = await startCampaign(service);
    await storeEntries(service, id, 3);
    const { rows } = await service.sql.query('SELECT epoch::int FROM campaigns WHERE id = $1', [id]);
    await stop(id);
    const late = { sequence: 4 };
    const outcome = await createChunkWriter(service.stores.pool).write([
      {
        campaignId: id,
        epoch: rows[0].epoch,
        firstSequence: 4,
        lastSequence: 4,
        entries: packEntries(JSON.stringify([late])),
        lastEntry: JSON.stringify(late),
        successfulRequests: 1,
        responseTimeUs: 1,
        firstEntryAt: 0,
        lastEntryAt: 0,
        nextSlot: 4,
        sentRequests: 0,
        missedRequests: 0,
        newValues: [],
      },
    ]);
    expect(outcome.get(id)).toBe('fenced');
    expect((await monitor(id)).total_requests).toBe(3);
  });

  test('needs no body, and minds none', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      const id = await startCampaign(service);
      const url = `/api/traffic/stop/${id}`;
      expect((await service.ask({ method: 'POST', url, headers })).status).toBe(200);
    }
  });

  test.each(['session_999999', '..%2F..%2Fetc', 'a%20b', 'a'.repeat(65), '%00'])(
    'of %s finds nothing',
    async (id) => {
      const answer = await stop(id);
      expect([answer.status, answer.json]).toEqual([404, NOTHING]);
    },
  );

  test.each(['draft', 'running', 'completed', 'error'])(
    'of one that is %s and does not generate',
    async (status) => {
      const id = await service.create();
      if (status !== 'draft') await service.setStatus(id, 'running');
      if (status !== 'draft' && status !== 'running') await service.setStatus(id, status);
      const answer = await stop(id);
      expect([answer.status, answer.json]).toEqual([404, NOTHING]);
      expect((await service.show(id)).status).toBe(status);
    },
  );

  test('of twenty at once stops it exactly once', async () => {
    const id = await startCampaign(service);
    const answers = await Promise.all(Array.from({ length: 20 }, () => stop(id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
  });
});

describe('POST /api/traffic/cleanup/{id}', () => {
  test('stops a campaign and keeps its entries', async () => {
    const { id } = await startWithEntries(service, 20);
    const answer = await cleanup(id);
    expect([answer.status, answer.json]).toEqual([200, CLEANED]);
    expect((await service.show(id)).status).toBe('stopped');
    expect(await monitor(id)).toMatchObject({ is_running: false, has_data: true, total_requests: 20 });
    expect((await service.get(`/api/traffic/download/${id}`)).json.data.traffic_data).toHaveLength(20);
    expect((await stop(id)).status).toBe(404);
  });

  test('with purge=true deletes its entries and its statistics', async () => {
    const { id } = await startWithEntries(service, 20);
    expect((await cleanup(id, '?purge=true')).json).toEqual(CLEANED);
    expect(await monitor(id)).toMatchObject({ has_data: false, total_requests: 0, last_request: null });
    expect((await service.get(`/api/traffic/stats/${id}`)).status).toBe(404);
    expect((await service.get(`/api/traffic/generated/${id}`)).json.data).toEqual([]);
    const { rows } = await service.sql.query('SELECT FROM chunks WHERE campaign_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  test('leaves the status of a completed campaign alone', async () => {
    const { id } = await startWithEntries(service, 5);
    await service.setStatus(id, 'completed');
    expect((await cleanup(id)).status).toBe(200);
    expect((await service.show(id)).status).toBe('completed');
    expect((await cleanup(id, '?purge=true')).status).toBe(200);
    expect(await service.show(id)).toMatchObject({ status: 'completed', total_requests: 0 });
  });

  test.each(['draft', 'running', 'stopped', 'error'])(
    'makes one that is %s and idle stopped',
    async (status) => {
      const id = await service.create();
      if (status !== 'draft') await service.setStatus(id, status);
      expect((await cleanup(id)).json).toEqual(CLEANED);
      expect((await service.show(id)).status).toBe('stopped');
    },
  );

  test('answers 200 for an unknown id, and makes nothing of it', async () => {
    const answer = await cleanup('session_999999', '?purge=true');
    expect([answer.status, answer.json]).toEqual([200, CLEANED]);
    expect((await service.get('/api/sessions/session_999999')).status).toBe(404);
  });

  test('finds nothing under what is no id', async () => {
    const answer = await cleanup('a%20b');
    expect([answer.status, answer.json]).toEqual([404, refusal('Campaign a b not found')]);
  });

  test.each(['?purge=yes', '?purge=', '?purge=true&purge=true', '?purge=TRUE'])(
    'S25 refuses %s',
    async (query) => {
      const { id } = await startWithEntries(service, 1);
      const answer = await cleanup(id, query);
      expect([answer.status, answer.json]).toEqual([400, refusal('Invalid purge: must be true or false')]);
      expect((await monitor(id)).is_running).toBe(true);
    },
  );

  test('goes on with a new run after it', async () => {
    const { id } = await startWithEntries(service, 10);
    await cleanup(id, '?purge=true');
    await service.setStatus(id, 'running');
    expect((await service.post('/api/traffic/generate', { campaign_id: id })).status).toBe(200);
    expect((await storeEntries(service, id, 5)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect((await monitor(id)).total_requests).toBe(5);
  });
});
