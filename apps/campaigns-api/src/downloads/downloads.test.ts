// Contracts 2.2/5, 6 and 7: generated/{id}, download/{id}, generated.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoredEntry, startCampaign, startWithEntries, storeEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

const COUNT = 57;
const OTHER_COUNT = 23;

let service: Service;
let id: string;
let entries: readonly StoredEntry[];
let others: readonly StoredEntry[];
beforeAll(async () => {
  service = await startCampaignsApi();
  ({ id, entries } = await startWithEntries(service, COUNT, 10));
  // One without entries lies between.
  await service.create();
  others = (await startWithEntries(service, OTHER_COUNT, 4)).entries;
});
afterAll(() => service.close());

const get = (path: string) => service.get(`/api/traffic/${path}`);
const refusal = (message: string) => ({ success: false, error: message, message });
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const successes = (of: readonly StoredEntry[]) => of.filter(({ success }) => success).length;
const NONE = refusal('No traffic data found for campaign');

describe('GET /api/traffic/generated/{id}', () => {
  test('has all entries in order, with counts that a recount confirms', async () => {
    const { status, json, headers } = await get(`generated/${id}`);
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(json).toEqual({
      success: true,
      data: entries,
      metadata: {
        total_requests: COUNT,
        successful_requests: successes(entries),
        last_updated: expect.stringMatching(TIME),
      },
    });
  });

  test('of a campaign without entries is empty', async () => {
    const { status, json } = await get(`generated/${await service.create()}`);
    expect([status, json.data, json.metadata.total_requests]).toEqual([200, [], 0]);
  });

  test.each(['session_999999', 'a%20b'])('finds nothing of %s', async (unknown) => {
    const answer = await get(`generated/${unknown}`);
    expect([answer.status, answer.json]).toEqual([404, NONE]);
  });

  test('shows any part of them, wherever chunks begin', async () => {
    const page = fc.record({
      limit: fc.option(fc.integer({ min: 1, max: COUNT + 5 })),
      offset: fc.integer({ min: 0, max: COUNT + 5 }),
    });
    await fc.assert(
      fc.asyncProperty(page, async ({ limit, offset }) => {
        const query = `offset=${offset}${limit === null ? '' : `&limit=${limit}`}`;
        const { json } = await get(`generated/${id}?${query}`);
        expect(json.data).toEqual(entries.slice(offset, limit === null ? undefined : offset + limit));
        expect(json.metadata.total_requests).toBe(COUNT);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    'limit=0',
    'limit=10001',
    'limit=x',
    'limit=-1',
    'offset=-1',
    'limit=1&limit=2',
    'limit[]=1&limit=',
  ])('S25 S40 refuses ?%s', async (query) => {
    for (const path of [`generated/${id}`, 'generated']) {
      const answer = await get(`${path}?${query}`);
      expect([path, answer.status]).toEqual([path, 400]);
    }
  });
});

describe('GET /api/traffic/download/{id}', () => {
  test('has all entries as a file', async () => {
    const { status, json, headers } = await get(`download/${id}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      success: true,
      data: {
        campaign_id: id,
        download_time: expect.stringMatching(TIME),
        total_requests: COUNT,
        successful_requests: successes(entries),
        traffic_data: entries,
      },
      filename: expect.any(String),
    });
    const stamp = json.data.download_time.slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
    expect(json.filename).toBe(`traffic_${id}_${stamp}.json`);
    expect(headers['content-disposition']).toBe(`attachment; filename="${json.filename}"`);
  });

  test('finds nothing of a campaign without entries, of an unknown one, and of what is no id', async () => {
    for (const none of [await service.create(), 'session_999999', 'a%20b']) {
      const answer = await get(`download/${none}`);
      expect([answer.status, answer.json]).toEqual([404, NONE]);
      expect(answer.headers['content-disposition']).toBeUndefined();
    }
  });

  test('is one moment of a campaign that goes on: counts and entries belong together', async () => {
    const growing = await startCampaign(service);
    let isDone = false;
    const write = async () => {
      for (let round = 0; round < 40; round++) {
        await service.sql.query('UPDATE campaigns SET lease_until = NULL WHERE id = $1', [growing]);
        await storeEntries(service, growing, 25, 5);
      }
      isDone = true;
    };
    const read = async () => {
      while (!isDone) {
        const { status, json } = await get(`download/${growing}`);
        if (status === 404) continue;
        const { total_requests, successful_requests, traffic_data } = json.data;
        expect(traffic_data.map(({ sequence }: StoredEntry) => sequence)).toEqual(
          Array.from({ length: total_requests }, (_, index) => index + 1),
        );
        expect(successful_requests).toBe(successes(traffic_data));
      }
    };
    await Promise.all([write(), read()]);
    expect((await get(`download/${growing}`)).json.data.total_requests).toBe(1000);
    await service.remove(`/api/sessions/${growing}`);
  });
});

describe('GET /api/traffic/generated', () => {
  test('has the entries of all campaigns, one campaign after the other', async () => {
    const { status, json } = await get('generated');
    expect([status, json]).toEqual([200, { success: true, data: [...entries, ...others] }]);
  });

  test('shows any part of them', async () => {
    const all = [...entries, ...others];
    const page = fc.record({
      limit: fc.integer({ min: 1, max: all.length + 5 }),
      offset: fc.integer({ min: 0, max: all.length + 5 }),
    });
    await fc.assert(
      fc.asyncProperty(page, async ({ limit, offset }) => {
        const { json } = await get(`generated?limit=${limit}&offset=${offset}`);
        expect(json.data).toEqual(all.slice(offset, offset + limit));
      }),
      { numRuns: 60 },
    );
  });

  test('is empty where there are no entries', async () => {
    const empty = await startCampaignsApi();
    expect((await empty.get('/api/traffic/generated')).json).toEqual({ success: true, data: [] });
    await empty.close();
  });
});
