// Contracts 2.1: a new campaign.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaign, type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const LIST = '/api/sessions/';
const create = (fields: Record<string, unknown> = {}) => service.post(LIST, campaign(fields));

describe('POST /api/sessions/', () => {
  test('answers 200 and the whole campaign with its defaults', async () => {
    const answer = await service.post(LIST, { name: 'Spring', target_url: 'https://example.com/a' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^session_\d+$/),
      name: 'Spring',
      target_url: 'https://example.com/a',
      status: 'draft',
      requests_per_minute: 10,
      duration_minutes: 60,
      geo_locations: ['United States'],
      rtb_config: {
        device_brand: 'samsung',
        device_models: [],
        ad_formats: [],
        app_categories: [],
        generate_adid: true,
        simulate_bid_requests: true,
      },
      config: {},
      user_profile_ids: [],
      profile_user_counts: {},
      total_profile_users: 0,
      log_file_path: null,
      log_level: null,
      log_format: null,
      user_agents: [],
      referrers: [],
      campaign_referrers: {},
      start_time: null,
      end_time: null,
      last_activity_time: null,
      total_requests: 0,
      successful_requests: 0,
      progress_percentage: 0,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const { created_at: createdAt } = answer.json;
    expect(new Date(createdAt).toISOString()).toBe(createdAt);
    expect(await service.show(answer.json.id)).toEqual(answer.json);
  });

  test('keeps every setting as it was sent', async () => {
    const settings = {
      name: ' a "name" \' -- ; DROP TABLE campaigns; 😀 ',
      target_url: 'http://example.com/?a=1&b=<x>',
      requests_per_minute: 0.5,
      duration_minutes: null,
      geo_locations: ['Canada', 'France'],
      rtb_config: {
        device_brand: 'apple',
        device_models: ['iPhone 15'],
        ad_formats: ['video'],
        app_categories: ['IAB9'],
        generate_adid: false,
        simulate_bid_requests: true,
        banner_w: 320,
        cur: ['EUR'],
        unknown: { nested: [1, null, { x: 'y' }] },
      },
      config: { randomize_timing: false, delivery: 'simulated', seed: 7, custom_headers: { 'X-A': 'b' } },
      log_file_path: '/somewhere',
      log_level: 'INFO',
      log_format: 'json',
      user_agents: ['Mozilla/5.0'],
      referrers: ['https://example.org/'],
      campaign_referrers: { 'Sports|Canada': ['https://example.net/'] },
    };
    const { id } = (await create(settings)).json;
    expect(await service.show(id)).toMatchObject(settings);
  });

  test('never gives an id twice, also after a deletion, and takes the path without its slash', async () => {
    const [first, second] = [(await create()).json.id, (await create()).json.id];
    await service.remove(`/api/sessions/${second}`);
    const third = (await service.post('/api/sessions', campaign())).json.id;
    const numbers = [first, second, third].map((id: string) => Number(id.slice('session_'.length)));
    expect(numbers).toEqual([numbers[0], Number(numbers[0]) + 1, Number(numbers[0]) + 2]);
  });

  test('S22 sets nothing that a client may not set', async () => {
    const { json } = await create({
      id: 'session_999999',
      status: 'running',
      total_requests: 5,
      created_at: '2001-01-01T00:00:00.000Z',
      epoch: 7,
      is_generating: true,
      role: 'admin',
    });
    expect(json).toMatchObject({ status: 'draft', total_requests: 0 });
    expect(json.id).not.toBe('session_999999');
    expect(json.created_at).not.toMatch(/^2001/);
    expect(json).not.toHaveProperty('role');
  });

  test.each([
    ['rtb_config', 'text'],
    ['rtb_config', ['x']],
    ['profile_user_counts', 5],
    ['profile_user_counts', []],
  ])('counts %s as {} when it is no object but %j', async (field, value) => {
    const { status, json } = await create({ [field]: value });
    expect(status).toBe(200);
    expect(json[field]).toEqual(
      field === 'rtb_config' ? expect.objectContaining({ generate_adid: true }) : {},
    );
  });

  test.each([
    [{}, 'No data provided'],
    [null, 'No data provided'],
    [[], 'Request body must be a JSON object'],
    [{ target_url: 'https://example.com' }, 'Missing required field: name'],
    [{ name: null, target_url: 'https://example.com' }, 'Missing required field: name'],
    [{ name: 'x' }, 'Missing required field: target_url'],
    [campaign({ name: ' ' }), 'Invalid name: must be a non-empty string'],
    [campaign({ name: 5 }), 'Invalid name: must be a non-empty string'],
    [campaign({ name: 'x'.repeat(256) }), 'Invalid name: must not exceed 255 characters'],
    [campaign({ name: 'a\u0000' }), 'Invalid name: must not contain NUL or unpaired surrogates'],
    [campaign({ name: 'a\ud800' }), 'Invalid name: must not contain NUL or unpaired surrogates'],
    [campaign({ target_url: 'ftp://x' }), 'Invalid target_url: must start with http:// or https://'],
    [campaign({ target_url: 7 }), 'Invalid target_url: must start with http:// or https://'],
    [campaign({ target_url: 'http://' }), 'Invalid target_url: must be a valid URL'],
    [
      campaign({ requests_per_minute: 0 }),
      'Invalid requests_per_minute: must be a number above 0 and at most 6000',
    ],
    [
      campaign({ requests_per_minute: 6001 }),
      'Invalid requests_per_minute: must be a number above 0 and at most 6000',
    ],
    [
      campaign({ requests_per_minute: '10' }),
      'Invalid requests_per_minute: must be a number above 0 and at most 6000',
    ],
    [
      campaign({ duration_minutes: -1 }),
      'Invalid duration_minutes: must be a number above 0 and at most 5256000',
    ],
    [campaign({ geo_locations: 'Canada' }), 'Invalid geo_locations: must be a list of strings'],
    [campaign({ geo_locations: ['', 'x'] }), 'Invalid geo_locations[0]: must be a non-empty string'],
    [campaign({ config: [] }), 'Invalid config: must be an object'],
    [campaign({ config: { seed: 1.5 } }), 'Invalid config.seed: must be an integer from 0 to 4294967295'],
    [campaign({ config: { delivery: 'real' } }), 'Invalid config.delivery: must be "simulated" or "live"'],
    [campaign({ config: { randomize_timing: 1 } }), 'Invalid config.randomize_timing: must be true or false'],
    [
      campaign({ config: { simulated_latency_ms: [500, 50] } }),
      'Invalid config.simulated_latency_ms: must be a number from 0 to 60000, or the least and the most of such',
    ],
    [
      campaign({ config: { simulated_success_rate: 2 } }),
      'Invalid config.simulated_success_rate: must be a number from 0 to 1',
    ],
    [
      campaign({ config: { deep: ['\ud800'] } }),
      'Invalid config: must not contain NUL or unpaired surrogates',
    ],
    [
      campaign({ rtb_config: { device_models: 'x' } }),
      'Invalid rtb_config.device_models: must be a list of strings',
    ],
    [
      campaign({ rtb_config: { banner_w: 0 } }),
      'Invalid rtb_config.banner_w: must be an integer from 1 to 10000',
    ],
    [
      campaign({ profile_user_counts: { a: -1 } }),
      'Invalid profile_user_counts.a: must be an integer from 0 to 1000000000',
    ],
    [campaign({ user_profile_ids: ['nobody'] }), 'Invalid user_profile_ids: ["nobody"]'],
    [
      campaign({ user_profile_ids: ['11111111-1111-1111-1111-111111111111'] }),
      'Invalid user_profile_ids: ["11111111-1111-1111-1111-111111111111"]',
    ],
  ])('refuses %j', async (body, message) => {
    const answer = await service.ask({
      method: 'POST',
      url: LIST,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    expect([answer.status, answer.json]).toEqual([400, { success: false, error: message, message }]);
  });

  test('S40 refuses settings that would make every entry large, or every list', async () => {
    const answer = await create({ config: { note: 'x'.repeat(16_000) } });
    expect([answer.status, answer.json.error]).toEqual([
      400,
      expect.stringMatching(/^Campaign is too large: /),
    ]);
    expect((await create({ config: { note: 'x'.repeat(14_000) } })).status).toBe(200);
    const agents = (count: number) => ({
      user_agents: Array.from({ length: count }, () => 'x'.repeat(1000)),
    });
    expect((await create(agents(110))).status).toBe(200);
    const large = await create(agents(140));
    expect([large.status, large.json.error]).toEqual([
      400,
      expect.stringMatching(/^Campaign is too large: /),
    ]);
  });

  test('refuses numbers that JSON can write and nothing can hold', async () => {
    const payload = '{"name":"x","target_url":"https://example.com","config":{"x":1e999}}';
    const headers = { 'content-type': 'application/json' };
    const answer = await service.ask({ method: 'POST', url: LIST, headers, payload });
    expect([answer.status, answer.json.error]).toEqual([400, 'Invalid config: must not hold such numbers']);
  });

  test('knows the profiles, and counts their users', async () => {
    const profile = (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json;
    const counts = { [profile.id]: 7 };
    const { json } = await create({ user_profile_ids: [profile.id], profile_user_counts: counts });
    expect(json).toMatchObject({
      user_profile_ids: [profile.id],
      profile_user_counts: counts,
      total_profile_users: 7,
    });
  });

  test('is one line of the log, and one of the campaign', async () => {
    const { id } = (await create()).json;
    const line = service.lines.map((text) => JSON.parse(text)).find((entry) => entry.campaign_id === id);
    expect(line).toMatchObject({ level: 30, event: 'created' });
    await expect
      .poll(async () => (await service.get(`/api/traffic/campaigns/${id}/logs`)).json.data)
      .toMatchObject([{ campaign_id: id, level: 'info', event: 'created' }]);
  });
});

describe('live delivery', () => {
  const live = { config: { delivery: 'live' } };

  test.each(['http://localhost:1/', 'http://127.0.0.1/x?y', 'http://[::1]:8080/'])(
    'may be aimed at %s, which is listed',
    async (url) => {
      expect((await create({ target_url: url, ...live })).status).toBe(200);
    },
  );

  test.each([
    'https://example.com/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::ffff:7f00:1]/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://localhost./',
    'http://user@localhost/',
    'http://localhost@example.com/',
    'http:///localhost',
  ])('S30 may not be aimed at %s', async (url) => {
    const answer = await create({ target_url: url, ...live });
    expect([answer.status, answer.json]).toEqual([
      403,
      {
        success: false,
        error: expect.stringMatching(/^Live delivery to this target is not allowed: /),
        message: answer.json.error,
      },
    ]);
    expect((await create({ target_url: url })).status).toBe(200);
  });

  test('S30 is judged again at every update, whichever half of it changes', async () => {
    const id = await service.create({ target_url: 'http://localhost:1/', ...live });
    const put = (fields: object) => service.put(`/api/sessions/${id}`, fields);
    expect((await put({ target_url: 'https://example.com/' })).status).toBe(403);
    expect((await service.show(id)).target_url).toBe('http://localhost:1/');
    expect((await put({ target_url: 'https://example.com/', config: {} })).status).toBe(200);
    expect((await put(live)).status).toBe(403);
    expect((await service.show(id)).config).toEqual({});
  });
});
