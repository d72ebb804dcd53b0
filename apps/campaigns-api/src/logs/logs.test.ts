// The log of a campaign, its advertising ids, and what happened to all campaigns.
import { createChunkWriter, packEntries } from '@trafficflux/campaigns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const at = (id: string, what: string) => `/api/traffic/campaigns/${id}/${what}`;

describe('the log of a campaign', () => {
  test('takes lines, and shows the newest first', async () => {
    const id = await service.create();
    await service.stores.log.settle();
    const answer = await service.post(at(id, 'log'), { message: 'it\'s "fine" 😀', level: 'warning' });
    expect([answer.status, answer.json]).toEqual([200, { success: true, message: 'Log entry added' }]);
    await service.post(at(id, 'log'), { message: 'second' });
    const { status, json } = await service.get(at(id, 'logs'));
    expect(status).toBe(200);
    expect(json).toEqual({
      success: true,
      data: [
        line(id, { level: 'info', event: 'log', message: 'second' }),
        line(id, { level: 'warning', event: 'log', message: 'it\'s "fine" 😀' }),
        line(id, { level: 'info', event: 'created', message: expect.any(String) }),
      ],
    });
    expect((await service.get(`${at(id, 'logs')}?limit=1&offset=1`)).json.data).toEqual([json.data[1]]);
  });

  test.each([
    [{}, 'No data provided'],
    [{ level: 'info' }, 'Missing required field: message'],
    [{ message: 5 }, 'Invalid message: must be a non-empty string'],
    [{ message: 'x', level: 'loud' }, 'Invalid level: must be one of debug, info, warning, error, critical'],
    [{ message: 'x'.repeat(5001) }, 'Invalid message: must not exceed 5000 characters'],
  ])('refuses %j', async (body, message) => {
    const id = await service.create();
    const answer = await service.post(at(id, 'log'), body);
    expect([answer.status, answer.json]).toEqual([400, { success: false, error: message, message }]);
  });

  test.each(['session_999999', 'a.b', 'x'.repeat(65)])('is 404 for the id %s', async (id) => {
    const message = `Campaign ${id} not found`;
    for (const answer of [
      await service.post(at(id, 'log'), { message: 'x' }),
      await service.get(at(id, 'logs')),
      await service.get(at(id, 'adids')),
    ])
      expect([answer.status, answer.json]).toEqual([404, { success: false, error: message, message }]);
  });

  test('S40 is read in parts of at most 1000 lines', async () => {
    const id = await service.create();
    expect((await service.get(`${at(id, 'logs')}?limit=1001`)).status).toBe(400);
    await service.sql.query(
      `INSERT INTO campaign_logs (campaign_id, level, event, message)
       SELECT $1, 'info', 'log', 'line ' || n FROM generate_series(1, 150) AS n`,
      [id],
    );
    expect((await service.get(at(id, 'logs'))).json.data).toHaveLength(100);
  });
});

describe('GET /api/traffic/events-log', () => {
  test('tells what happened to all campaigns, without the lines of people', async () => {
    const [first, second] = [await service.create(), await service.create()];
    await service.post(at(first, 'log'), { message: 'mine' });
    await service.put(`/api/sessions/${first}`, { name: 'x' });
    await service.stores.log.settle();
    const { status, json } = await service.get('/api/traffic/events-log?limit=3');
    expect(status).toBe(200);
    expect(json.success).toBe(true);
    expect(
      json.data.map(({ campaign_id, event }: Record<string, string>) => `${campaign_id} ${event}`).sort(),
    ).toEqual([`${first} created`, `${first} updated`, `${second} created`].sort());
  });
});

describe('the advertising ids of a campaign', () => {
  test('are those of its entries, each once, of the part that was asked for', async () => {
    const id = await service.create();
    expect((await service.get(at(id, 'adids'))).json).toEqual({
      success: true,
      data: { campaign_id: id, adids: [], total: 0 },
    });
    await service.sql.query(
      `UPDATE campaigns SET status = 'running', is_generating = true, run = 1, epoch = 1, plan = '{}', run_rate = 60,
         thread_id = gen_random_uuid(), owner = 'w', lease_until = now() + interval '1 hour', running_since = now()
       WHERE id = $1`,
      [id],
    );
    const writer = createChunkWriter(service.stores.pool);
    const adids = ['a', 'b', null, 'a', 'c'];
    for (const [from, to] of [
      [1, 3],
      [4, 5],
    ] as const) {
      const entries = adids.slice(from - 1, to).map((adid) => ({ adid }));
      const outcome = await writer.write([
        {
          campaignId: id,
          epoch: 1,
          firstSequence: from,
          lastSequence: to,
          entries: packEntries(JSON.stringify(entries)),
          lastEntry: JSON.stringify(entries.at(-1)),
          successfulRequests: 0,
          responseTimeUs: 0,
          firstEntryAt: Date.now(),
          lastEntryAt: Date.now(),
          nextSlot: to,
          sentRequests: 0,
          missedRequests: 0,
          newValues: [],
        },
      ]);
      expect(outcome.get(id)).toBe('written');
    }
    const ask = async (query: string) => (await service.get(at(id, `adids${query}`))).json.data.adids;
    expect(await ask('')).toEqual(['a', 'b', 'c']);
    expect(await ask('?offset=3')).toEqual(['a', 'c']);
    expect(await ask('?offset=1&limit=2')).toEqual(['b']);
    expect((await service.get(at(id, 'adids?limit=10001'))).status).toBe(400);
  });
});

function line(campaignId: string, rest: Record<string, unknown>) {
  return { campaign_id: campaignId, timestamp: expect.any(String), ...rest };
}
