// POST /api/traffic/test, as contracts 2.2/11 ask for it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const ask = (body: unknown) => service.post('/api/traffic/test', body as object);
async function run(body: object) {
  const { status, json } = await ask(body);
  expect([status, json.success]).toEqual([200, true]);
  expect(new Date(json.timestamp).toISOString()).toBe(json.timestamp);
  return json;
}
/** Nobody wants to wait for a latency in a test of something else. */
const AT_ONCE = { config: { simulated_latency_ms: 0, seed: 1 } };
const ALL_TRUE = (fields: string[]) => Object.fromEntries(fields.map((field) => [field, true]));

describe('POST /api/traffic/test refuses', () => {
  test.each([
    [{}, 'No test data provided'],
    [null, 'No test data provided'],
    [[], 'Request body must be a JSON object'],
    [{ config: {} }, 'No test type specified'],
    [{ test_type: null }, 'No test type specified'],
    [{ test_type: '' }, 'No test type specified'],
    [{ test_type: 'load' }, 'Unknown test type: load'],
    [{ test_type: 5 }, 'Unknown test type: 5'],
    [{ test_type: ['simulate_request'] }, 'Unknown test type: ["simulate_request"]'],
    [
      { test_type: 'simulate_request', num_simulations: 101 },
      'Invalid num_simulations: must be an integer from 0 to 100',
    ],
    [
      { test_type: 'simulate_request', num_simulations: '5' },
      'Invalid num_simulations: must be an integer from 0 to 100',
    ],
    [
      { test_type: 'full_traffic_simulation', num_requests: -1 },
      'Invalid num_requests: must be an integer from 0 to 100',
    ],
    [
      { test_type: 'full_traffic_simulation', num_requests: 1.5 },
      'Invalid num_requests: must be an integer from 0 to 100',
    ],
    [{ test_type: 'simulate_request', traffic_data: 'x' }, 'Invalid traffic_data: must be an object'],
    [{ test_type: 'generate_traffic_data', config: [] }, 'Invalid config: must be an object'],
    [{ test_type: 'generate_traffic_data', config: { spam: 1 } }, 'Invalid config: unknown key "spam"'],
    [
      { test_type: 'generate_traffic_data', config: { target_url: 'ftp://x' } },
      'Invalid target_url: must start with http:// or https://',
    ],
    [
      { test_type: 'full_traffic_simulation', config: { requests_per_minute: 0 } },
      'Invalid requests_per_minute: must be a number above 0 and at most 6000',
    ],
    [
      { test_type: 'generate_traffic_data', config: { campaign_id: '../x' } },
      'Invalid campaign_id: must be 1 to 64 letters, digits, underscores and hyphens',
    ],
    [
      { test_type: 'generate_traffic_data', config: { user_profile_ids: ['a'] } },
      'User counts must be specified for each profile',
    ],
  ])('%j', async (body, message) => {
    const { status, json } = await ask(body);
    expect([status, json]).toEqual([400, { success: false, error: message, message }]);
  });

  test('no body at all, and one that is no JSON', async () => {
    const send = async (payload: string, type?: string) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const { status, json } = await service.ask({
        method: 'POST',
        url: '/api/traffic/test',
        headers,
        payload,
      });
      return [status, json.error];
    };
    expect(await send('')).toEqual([400, 'No test data provided']);
    expect(await send('', 'application/json')).toEqual([400, 'No test data provided']);
    expect(await send('{', 'application/json')).toEqual([400, 'Invalid JSON body']);
    expect(await send('{}', 'text/plain')).toEqual([400, 'Invalid JSON body']);
  });

  test('settings that would make entries larger than those of a campaign may be', async () => {
    const { status, json } = await ask({
      test_type: 'generate_traffic_data',
      config: { config: { text: 'x'.repeat(20_000) } },
    });
    expect([status, json.error]).toEqual([400, expect.stringMatching(/^Campaign is too large/)]);
  });
});

describe('generate_traffic_data', () => {
  test('shows an entry of the documented sample, and verifies it', async () => {
    const json = await run({ test_type: 'generate_traffic_data' });
    expect(json.data).toMatchObject({
      campaign_id: 'test_campaign',
      target_url: 'https://example.com',
      requests_per_minute: 10,
      duration_minutes: 1,
      geo_locations: ['United States'],
      user_profile_ids: ['profile1'],
      profile_user_counts: { profile1: 100 },
      total_profile_users: 100,
      selected_profile_id: 'profile1',
      simulated: true,
      rtb_data: {
        device_brand: 'samsung',
        device_model: 'Galaxy S24',
        ad_format: 'banner',
        app_category: 'IAB9',
        test: 1,
      },
    });
    expect(json).toMatchObject({ all_fields_valid: true, rtb_data_valid: true });
    const required =
      'id timestamp campaign_id target_url requests_per_minute duration_minutes geo_locations rtb_config config user_profile_ids profile_user_counts total_profile_users';
    expect(json.verification.required_fields).toEqual(ALL_TRUE(required.split(' ')));
    expect(json.verification.rtb_data).toMatchObject(
      ALL_TRUE(['device_brand', 'device_model', 'ad_format', 'app_category', 'adid']),
    );
  });

  test('takes from config what stands there', async () => {
    const config = {
      campaign_id: 'mine',
      target_url: 'https://shop.example/',
      geo_locations: ['France'],
      rtb_config: { ad_formats: ['video'], generate_adid: false },
      user_profile_ids: ['a'],
      profile_user_counts: { a: 3 },
    };
    const { data, rtb_data_valid } = await run({ test_type: 'generate_traffic_data', config });
    expect(data).toMatchObject({
      campaign_id: 'mine',
      target_url: 'https://shop.example/',
      requests_per_minute: 10,
      geo_location: 'France',
      ad_format: 'video',
      adid: null,
      selected_profile_id: 'a',
      total_profile_users: 3,
    });
    expect(rtb_data_valid).toBe(true);
  });

  test('takes a session as the sessions API shows it, and its profiles as they are', async () => {
    const { json: profile } = await service.post('/api/profiles/', {
      name: 'A',
      description: 'B',
      demographics: { interests: ['chess'], countries: ['Japan'] },
    });
    const id = await service.create({
      user_profile_ids: [profile.id],
      profile_user_counts: { [profile.id]: 2 },
    });
    const { data } = await run({ test_type: 'generate_traffic_data', config: await service.show(id) });
    expect(data).toMatchObject({
      campaign_id: id,
      selected_profile_id: profile.id,
      selected_interest: 'chess',
      selected_country: 'Japan',
    });
  });

  test('of a live campaign sends nothing, and says so', async () => {
    const config = { target_url: 'http://unlisted.example/', config: { delivery: 'live' } };
    expect((await run({ test_type: 'generate_traffic_data', config })).data.simulated).toBe(true);
  });
});

describe('simulate_request', () => {
  test('simulates five times unless it is told how often', async () => {
    const json = await run({ test_type: 'simulate_request' });
    expect(json.simulation_results).toHaveLength(5);
    expect(json.input_data).toMatchObject({ campaign_id: 'test_campaign', rtb_data: { test: 1 } });
    for (const [index, result] of json.simulation_results.entries()) {
      expect(result).toEqual({
        simulation_number: index + 1,
        success: expect.any(Boolean),
        status_code: expect.any(Number),
        response_time: expect.any(Number),
        response_size: expect.any(Number),
        bid_id: expect.stringMatching(/^bid-\d{7}$/),
        win_price: result.success ? expect.any(Number) : null,
        currency: result.success ? 'USD' : null,
        simulation_duration: expect.any(Number),
        timestamp: expect.any(String),
      });
      expect(result.response_time).toBeGreaterThanOrEqual(50);
      expect(result.response_time).toBeLessThanOrEqual(500);
    }
    const { statistics, simulation_results: results } = json;
    const successes = results.filter(({ success }: { success: boolean }) => success).length;
    expect(statistics).toMatchObject({
      total_simulations: 5,
      successful_simulations: successes,
      success_rate: (successes / 5) * 100,
    });
    expect(json).toMatchObject({
      all_fields_valid: true,
      rtb_fields_valid: true,
      verification: {
        response_fields: ALL_TRUE(['success', 'status_code', 'response_time', 'response_size']),
        rtb_fields: ALL_TRUE(['bid_id', 'win_price', 'currency']),
      },
    });
  });

  test('really lasts as long as the latencies, up to a limit for all', async () => {
    const { simulation_results: results, statistics } = await run({
      test_type: 'simulate_request',
      num_simulations: 40,
    });
    const seconds = results.map((result: Record<string, number>) => result.simulation_duration);
    const latencies = results.map((result: Record<string, number>) => (result.response_time ?? 0) / 1000);
    // A timer may fire a millisecond before its time.
    expect(seconds[0]).toBeGreaterThanOrEqual(latencies[0] - 0.002);
    expect(statistics.total_simulation_time).toBeGreaterThanOrEqual(1.9);
    expect(latencies.reduce((sum: number, one: number) => sum + one, 0)).toBeGreaterThan(2);
    // Beyond the limit they are said and not waited for, however slow the machine is.
    const unwaited = seconds.filter((duration: number, index: number) => duration < latencies[index] / 2);
    expect(unwaited.length).toBeGreaterThan(10);
  });

  test('without a bid request there is no bid', async () => {
    const traffic_data = { anything: [1, '😀'] };
    const json = await run({ test_type: 'simulate_request', traffic_data, num_simulations: 1 });
    expect(json.input_data).toEqual(traffic_data);
    expect(json.simulation_results[0]).toMatchObject({ bid_id: null, win_price: null, currency: null });
    expect(json.rtb_fields_valid).toBe(true);
  });

  test.each([
    [[{ id: '1' }, { id: '1' }]],
    [[]],
    [[{ id: '' }]],
    [[{ id: 1 }]],
    [[{}]],
    [['1']],
    [{}],
    [null],
  ])('F65 refuses a bid request whose impressions are %j', async (imp) => {
    for (const [place, traffic_data] of [
      ['traffic_data.imp', { id: 'r1', imp }],
      ['traffic_data.rtb_data.imp', { rtb_data: { id: 'r1', imp } }],
    ] as const) {
      const { status, json } = await ask({ test_type: 'simulate_request', traffic_data, num_simulations: 0 });
      const message = `Invalid ${place}: must be a list of impressions, each with an id of its own`;
      expect([status, json.error]).toEqual([400, message]);
    }
  });

  test('F65 takes impressions with ids of their own', async () => {
    const traffic_data = { rtb_data: { id: 'r1', imp: [{ id: '1' }, { id: '2' }] } };
    await run({ test_type: 'simulate_request', traffic_data, num_simulations: 0 });
  });

  test('none gives zeros', async () => {
    const json = await run({ test_type: 'simulate_request', num_simulations: 0 });
    expect(json.simulation_results).toEqual([]);
    expect(json.statistics).toEqual({
      total_simulations: 0,
      successful_simulations: 0,
      success_rate: 0,
      average_simulation_time: 0,
      total_simulation_time: 0,
    });
  });
});

describe('full_traffic_simulation', () => {
  test('plays the documented sample, and adds up', async () => {
    const json = await run({ test_type: 'full_traffic_simulation', num_requests: 60, config: AT_ONCE });
    expect(json.config).toMatchObject({
      campaign_id: 'test_campaign',
      geo_locations: ['United States', 'Canada'],
      profile_user_counts: { profile1: 50, profile2: 30 },
      rtb_config: {
        device_brand: 'mixed',
        device_models: ['Galaxy S24', 'iPhone 15', 'Pixel 8'],
        ad_formats: ['banner', 'interstitial', 'native'],
      },
    });
    expect(json.traffic_entries).toHaveLength(60);
    const { simulation_results: results, traffic_analysis: analysis, summary } = json;
    for (const [index, { request_number, traffic_data, generation_time }] of json.traffic_entries.entries()) {
      expect([request_number, traffic_data.sequence]).toEqual([index + 1, index + 1]);
      expect(generation_time).toBeGreaterThanOrEqual(0);
      expect(results[index]).toMatchObject({
        request_number: index + 1,
        success: traffic_data.success,
        response_time: traffic_data.response_time,
        user_profile: traffic_data.selected_profile_id,
        geo_location: traffic_data.geo_location,
        device_info: { device_brand: traffic_data.device_brand, device_model: traffic_data.device_model },
        simulation_time: expect.any(Number),
        total_time: expect.any(Number),
      });
    }
    const successes = results.filter(({ success }: { success: boolean }) => success).length;
    expect(analysis).toMatchObject({
      total_requests: 60,
      successful_requests: successes,
      success_rate: Math.round((successes / 60) * 10_000) / 100,
      unique_geo_locations: 2,
      unique_user_profiles: 2,
    });
    expect(analysis.min_win_price).toBeLessThanOrEqual(analysis.average_win_price);
    expect(analysis.average_win_price).toBeLessThanOrEqual(analysis.max_win_price);
    expect(json.performance_metrics).toEqual({
      total_generation_time: expect.any(Number),
      total_simulation_time: expect.any(Number),
      total_processing_time: expect.any(Number),
      average_generation_time: expect.any(Number),
      average_simulation_time: expect.any(Number),
      average_total_time: expect.any(Number),
      requests_per_second: expect.any(Number),
    });
    expect(summary).toEqual({
      campaign_id: 'test_campaign',
      total_requests_processed: 60,
      success_rate_percentage: analysis.success_rate,
      total_processing_time_seconds: json.performance_metrics.total_processing_time,
      requests_per_second: json.performance_metrics.requests_per_second,
    });
  });

  test('plays five requests unless it is told how many, and none gives zeros', async () => {
    const played = await run({ test_type: 'full_traffic_simulation', config: AT_ONCE });
    expect(played.simulation_results).toHaveLength(5);
    const none = await run({ test_type: 'full_traffic_simulation', num_requests: 0 });
    expect(Object.values(none.traffic_analysis).every((figure) => figure === 0)).toBe(true);
    const { total_processing_time, ...metrics } = none.performance_metrics;
    expect(Object.values(metrics).every((figure) => figure === 0)).toBe(true);
  });
});
