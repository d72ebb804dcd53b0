// What a worker is given to run: the campaign as it is at its start, completed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCampaign } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

/** As it is stored. */
async function planOf(id: string) {
  const { rows } = await service.sql.query('SELECT plan FROM campaigns WHERE id = $1', [id]);
  return rows[0].plan;
}

const RTB = {
  device_brand: 'samsung',
  device_models: [],
  ad_formats: [],
  app_categories: [],
  generate_adid: true,
  simulate_bid_requests: true,
};

test('a plain campaign is played by one built-in user, with a seed of its own', async () => {
  const id = await startCampaign(service);
  const plan = await planOf(id);
  expect(plan).toEqual({
    campaignId: id,
    campaignNumber: Number(id.replace('session_', '')),
    targetUrl: 'https://example.com/',
    requestsPerMinute: 10,
    durationMinutes: 60,
    randomizeTiming: true,
    delivery: 'simulated',
    seed: expect.any(Number),
    latencyMs: [50, 500],
    successRate: 0.85,
    profiles: [
      {
        id: 'default',
        users: 1,
        interests: [],
        countries: [],
        deviceBrand: null,
        deviceModels: [],
        operatingSystem: null,
        adFormats: [],
        appCategories: [],
        adidPersistence: 'per_user',
        referrers: {},
      },
    ],
    geoLocations: ['United States'],
    rtbConfig: RTB,
    config: {},
    userProfileIds: [],
    profileUserCounts: {},
    userAgents: [],
    referrers: [],
  });
  expect([plan.seed >= 0, plan.seed < 2 ** 32, Number.isInteger(plan.seed)]).toEqual([true, true, true]);
});

test('profiles come with all that they say, in the order of the campaign, and with its referrers', async () => {
  const create = async (fields: object) =>
    (await service.post('/api/profiles/', { name: 'A', description: 'B', ...fields })).json.id;
  const plain = await create({});
  const rich = await create({
    demographics: { interests: ['sports', 'cars'], countries: ['Kenya'] },
    device_preferences: { device_brand: 'google', device_models: ['Pixel 8'], operating_system: 'Android' },
    app_usage: { preferred_app_categories: ['IAB9'] },
    rtb_specifics: { preferred_ad_formats: ['video'], adid_persistence: 'per_session' },
    referrers: { sports: ['https://a.example/'], cars: ['https://b.example/'] },
  });
  const id = await startCampaign(service, {
    user_profile_ids: [rich, plain, rich],
    profile_user_counts: { [plain]: 2, [rich]: 5 },
    campaign_referrers: {
      'sports|Kenya': ['https://c.example/'],
      'sports|France': ['https://d.example/', 'https://c.example/'],
      '|France': ['https://e.example/'],
    },
  });
  const { profiles } = await planOf(id);
  const referrers = {
    sports: ['https://c.example/', 'https://d.example/'],
    '': ['https://e.example/'],
  };
  expect(profiles).toEqual([
    {
      id: rich,
      users: 5,
      interests: ['sports', 'cars'],
      countries: ['Kenya'],
      deviceBrand: 'google',
      deviceModels: ['Pixel 8'],
      operatingSystem: 'Android',
      adFormats: ['video'],
      appCategories: ['IAB9'],
      adidPersistence: 'per_session',
      referrers: { ...referrers, cars: ['https://b.example/'] },
    },
    expect.objectContaining({ id: plain, users: 2, interests: [], adidPersistence: 'per_user', referrers }),
  ]);
});

test('what a campaign says of its runs is in the plan, and a change after the start is not', async () => {
  const config = {
    randomize_timing: false,
    seed: 42,
    simulated_latency_ms: 50,
    simulated_success_rate: 0.5,
    note: 'kept',
  };
  const id = await startCampaign(service, { config, duration_minutes: null });
  await service.put(`/api/sessions/${id}`, { requests_per_minute: 600, config: {} });
  expect(await planOf(id)).toMatchObject({
    config,
    requestsPerMinute: 10,
    durationMinutes: null,
    randomizeTiming: false,
    seed: 42,
    latencyMs: [50, 50],
    successRate: 0.5,
  });
});
