// Contracts 2.2/4, 8, 9, 10 and 13: monitor, stats, status, health, info.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoredEntry, startCampaign, startWithEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

const COUNT = 57;

let service: Service;
let id: string;
let entries: readonly StoredEntry[];
beforeAll(async () => {
  service = await startCampaignsApi();
  ({ id, entries } = await startWithEntries(service, COUNT));
});
afterAll(() => service.close());

const read = async (path: string) => (await service.get(`/api/traffic/${path}`)).json;
const refusal = (message: string) => ({ success: false, error: message, message });
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a recount of the entries gives. */
function recount() {
  const successful = entries.filter(({ success }) => success).length;
  const times = entries.map(({ timestamp }) => Date.parse(timestamp));
  const minutes = (Math.max(...times) - Math.min(...times)) / 60_000;
  const different = (read: (entry: StoredEntry) => string) => new Set(entries.map(read)).size;
  return {
    successful,
    successRate: (100 * successful) / COUNT,
    minutes,
    perMinute: COUNT / minutes,
    average: entries.reduce((sum, entry) => sum + entry.response_time, 0) / COUNT,
    places: different((entry) => entry.geo_location),
    models: different((entry) => entry.device_model),
    formats: different((entry) => entry.ad_format),
    start: new Date(Math.min(...times)).toISOString(),
    end: new Date(Math.max(...times)).toISOString(),
  };
}

const EMPTY = {
  is_running: false,
  has_data: false,
  last_updated: expect.stringMatching(TIME),
  total_requests: 0,
  successful_requests: 0,
  last_request: null,
};
const NO_RATES = { requests_per_minute: 0, success_rate: 0, average_response_time: 0 };

describe('GET /api/traffic/monitor/{id}', () => {
  test('shows what a recount of the entries gives', async () => {
    const { successful, successRate, perMinute, average } = recount();
    expect(await read(`monitor/${id}`)).toEqual({
      success: true,
      data: {
        campaign_id: id,
        is_running: true,
        has_data: true,
        last_updated: expect.stringMatching(TIME),
        total_requests: COUNT,
        successful_requests: successful,
        last_request: entries.at(-1),
        requests_per_minute: expect.closeTo(perMinute, 6),
        success_rate: expect.closeTo(successRate, 6),
        average_response_time: expect.closeTo(average, 6),
      },
    });
  });

  test('shows zeros of an unknown campaign, and of one without entries', async () => {
    const unknown = await service.get('/api/traffic/monitor/session_999999');
    expect([unknown.status, unknown.json]).toEqual([
      200,
      { success: true, data: { campaign_id: 'session_999999', ...EMPTY, ...NO_RATES } },
    ]);
    const draft = await service.create();
    expect((await read(`monitor/${draft}`)).data).toEqual({ campaign_id: draft, ...EMPTY, ...NO_RATES });
  });

  test('shows no rate of a single entry', async () => {
    const { id: single } = await startWithEntries(service, 1);
    expect((await read(`monitor/${single}`)).data).toMatchObject({
      total_requests: 1,
      requests_per_minute: 0,
    });
  });
});

describe('GET /api/traffic/status/{id}', () => {
  test('shows the counts and the status of the campaign', async () => {
    expect(await read(`status/${id}`)).toEqual({
      success: true,
      data: {
        campaign_id: id,
        is_running: true,
        has_data: true,
        last_updated: expect.stringMatching(TIME),
        total_requests: COUNT,
        successful_requests: recount().successful,
        last_request: entries.at(-1),
        status: 'running',
      },
    });
  });

  test('shows an unknown campaign as one without entries', async () => {
    const { status, json } = await service.get('/api/traffic/status/session_999999');
    expect([status, json.data]).toEqual([200, { campaign_id: 'session_999999', ...EMPTY, status: null }]);
  });

  test('shows a campaign as running from generate on, and not before', async () => {
    const campaign = await service.create();
    await service.setStatus(campaign, 'running');
    expect((await read(`status/${campaign}`)).data).toMatchObject({ is_running: false, status: 'running' });
    await service.post('/api/traffic/generate', { campaign_id: campaign });
    expect((await read(`status/${campaign}`)).data).toMatchObject({ is_running: true, status: 'running' });
    await service.setStatus(campaign, 'paused');
    expect((await read(`status/${campaign}`)).data).toMatchObject({ is_running: false, status: 'paused' });
  });
});

describe('GET /api/traffic/stats/{id}', () => {
  test('shows what a recount of the entries gives, in two digits', async () => {
    const counts = recount();
    const round = (value: number) => Math.round(value * 100) / 100;
    expect(await read(`stats/${id}`)).toEqual({
      success: true,
      data: {
        total_requests: COUNT,
        successful_requests: counts.successful,
        success_rate: round(counts.successRate),
        unique_geo_locations: counts.places,
        unique_device_models: counts.models,
        unique_ad_formats: counts.formats,
        start_time: counts.start,
        end_time: counts.end,
        duration_minutes: round(counts.minutes),
        requests_per_minute: round(counts.perMinute),
      },
    });
  });

  test('finds nothing of a campaign without entries, of an unknown one, and of what is no id', async () => {
    for (const none of [await service.create(), 'session_999999', 'a%20b']) {
      const answer = await service.get(`/api/traffic/stats/${none}`);
      expect([answer.status, answer.json]).toEqual([404, refusal('No traffic data found for campaign')]);
    }
  });
});

describe('GET /api/traffic/campaigns/{id}/info', () => {
  const info = async (campaign: string) => (await read(`campaigns/${campaign}/info`)).data;

  test('shows all that is known', async () => {
    const { rows } = await service.sql.query('SELECT thread_id FROM campaigns WHERE id = $1', [id]);
    const shown = await service.show(id);
    const { successful, successRate, end } = recount();
    expect(await info(id)).toEqual({
      campaign_id: id,
      basic_info: {
        name: 'Spring',
        target_url: 'https://example.com/',
        status: 'running',
        created_at: shown.created_at,
        updated_at: shown.updated_at,
        start_time: shown.start_time,
        end_time: null,
        error: null,
      },
      traffic_generation: {
        is_running: true,
        thread_id: rows[0].thread_id,
        requests_per_minute: 10,
        duration_minutes: 60,
        user_profile_ids: [],
        profile_user_counts: {},
        total_profile_users: 0,
        progress_percentage: shown.progress_percentage,
        worker: null,
        workers: 0,
        missed_requests: 0,
        sent_requests: 0,
      },
      traffic_stats: {
        has_traffic_data: true,
        total_requests: COUNT,
        successful_requests: successful,
        success_rate: Math.round(successRate * 100) / 100,
        last_request_time: end,
      },
      configuration: {
        geo_locations: shown.geo_locations,
        rtb_config: shown.rtb_config,
        config: shown.config,
      },
    });
  });

  test('names the worker that runs it, while that worker lives', async () => {
    const { ownership } = service.stores;
    const presence = { host: 'h', processId: 1, capacity: 5, campaigns: 1 };
    await ownership.beat({ ...presence, name: 'test-worker' });
    await ownership.beat({ ...presence, name: 'another' });
    expect((await info(id)).traffic_generation).toMatchObject({ worker: 'test-worker', workers: 2 });
    await ownership.leave('test-worker');
    expect((await info(id)).traffic_generation).toMatchObject({ worker: null, workers: 1 });
    await ownership.leave('another');
  });

  test('shows no thread of a campaign that does not generate', async () => {
    const campaign = await startCampaign(service);
    await service.post(`/api/traffic/stop/${campaign}`);
    expect((await info(campaign)).traffic_generation).toMatchObject({ is_running: false, thread_id: null });
  });

  test('counts what was missed and what was really sent', async () => {
    const campaign = await startCampaign(service);
    await service.sql.query('UPDATE campaigns SET missed_requests = 7, sent_requests = 3 WHERE id = $1', [
      campaign,
    ]);
    expect((await info(campaign)).traffic_generation).toMatchObject({ missed_requests: 7, sent_requests: 3 });
  });

  test.each(['session_999999', 'a b'])('knows no %s', async (unknown) => {
    const answer = await service.get(`/api/traffic/campaigns/${encodeURIComponent(unknown)}/info`);
    expect([answer.status, answer.json]).toEqual([404, refusal(`Campaign ${unknown} not found`)]);
  });
});

test.each(['monitor', 'status', 'generated', 'download', 'stats'])(
  'what is no id is 404 at %s',
  async (path) => {
    for (const text of ['a%20b', 'a'.repeat(65), '%00', '..%2Fetc', "'%20OR%201=1"])
      expect((await service.get(`/api/traffic/${path}/${text}`)).status).toBe(404);
  },
);

describe('GET /api/traffic/health', () => {
  test('says that it is healthy, where entries are, and what runs', async () => {
    const paused = await startCampaign(service);
    await service.setStatus(paused, 'paused');
    const stopped = await startCampaign(service);
    await service.post(`/api/traffic/stop/${stopped}`);
    const { status, json } = await service.get('/api/traffic/health');
    const database = new URL(service.databaseUrl).pathname.slice(1);
    expect([status, json]).toEqual([
      200,
      {
        success: true,
        status: 'healthy',
        message: 'Traffic generation service is healthy',
        data: {
          traffic_data_dir: `postgresql:${database}/chunks`,
          timestamp: expect.stringMatching(TIME),
          active_campaigns: expect.arrayContaining([id, paused]),
          campaign_stats: expect.objectContaining({
            [id]: {
              total_requests: COUNT,
              successful_requests: recount().successful,
              last_updated: recount().end,
            },
            [paused]: { total_requests: 0, successful_requests: 0, last_updated: null },
          }),
          total_active_campaigns: json.data.active_campaigns.length,
          worker: null,
          workers: 0,
          queue: 'available',
          system_info: {
            node_version: process.version,
            platform: process.platform,
            max_file_size: expect.any(Number),
            memory: { rss_bytes: expect.any(Number), heap_used_bytes: expect.any(Number) },
          },
        },
      },
    ]);
    expect(json.data.active_campaigns).not.toContain(stopped);
    expect(Object.keys(json.data.campaign_stats)).toEqual(json.data.active_campaigns);
  });

  test('names a worker that lives', async () => {
    const presence = { name: 'w', host: 'h', processId: 1, capacity: 5, campaigns: 0 };
    await service.stores.ownership.beat(presence);
    expect((await read('health')).data).toMatchObject({ worker: 'w', workers: 1 });
    await service.stores.ownership.leave('w');
  });
});
