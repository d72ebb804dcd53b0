// Contracts 2.1: profiles.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const LIST = '/api/profiles/';
const profile = (fields: Record<string, unknown> = {}) => ({ name: 'Ada', description: 'Reads', ...fields });
const create = async (fields: Record<string, unknown> = {}) => service.post(LIST, profile(fields));
const EMPTY = {
  demographics: { age_group: null, gender: null, interests: [], countries: [] },
  device_preferences: { device_brand: null, device_models: [], operating_system: null },
  app_usage: { preferred_app_categories: [], session_duration_avg_minutes: null },
  rtb_specifics: { preferred_ad_formats: [], adid_persistence: 'per_user' },
  referrers: {},
};
const FULL = {
  demographics: { age_group: '25-34', gender: 'any', interests: ['Sports'], countries: ['Canada'] },
  device_preferences: { device_brand: 'apple', device_models: ['iPhone 15'], operating_system: 'iOS' },
  app_usage: { preferred_app_categories: ['IAB9'], session_duration_avg_minutes: 12.5 },
  rtb_specifics: { preferred_ad_formats: ['banner'], adid_persistence: 'per_session' },
  referrers: { Sports: ['https://example.org/'], 'Sports|Canada': ['https://example.net/'] },
};

describe('profiles', () => {
  test('are made with 201, completed, and read back', async () => {
    const answer = await create();
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      ...profile(EMPTY),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    for (const key of ['created_at', 'updated_at'])
      expect(new Date(answer.json[key]).toISOString()).toBe(answer.json[key]);
    expect((await service.get(`${LIST}${answer.json.id}`)).json).toEqual(answer.json);
  });

  test('keep what they are given, also what means nothing to us', async () => {
    const fields = { ...FULL, demographics: { ...FULL.demographics, shoe_size: 41 } };
    const { id } = (await create(fields)).json;
    expect((await service.get(`${LIST}${id}`)).json).toMatchObject(fields);
  });

  test('S40 are refused when they are large', async () => {
    const answer = await create({ demographics: { notes: 'x'.repeat(33_000) } });
    const error = 'Profile is too large: it must not exceed 32768 bytes of JSON';
    expect([answer.status, answer.json]).toEqual([400, { success: false, error, message: error }]);
  });

  test('change in what a PUT names', async () => {
    const before = (await create(FULL)).json;
    const answer = await service.put(`${LIST}${before.id}`, {
      name: 'Bea',
      demographics: { gender: 'f' },
      id: 'x',
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      ...before,
      name: 'Bea',
      demographics: { ...EMPTY.demographics, gender: 'f' },
      updated_at: expect.any(String),
    });
    expect((await service.put(`${LIST}${before.id}`, { unknown: 1 })).json).toEqual(answer.json);
  });

  test('are gone when they are deleted', async () => {
    const { id } = (await create()).json;
    const answer = await service.remove(`${LIST}${id}`);
    expect([answer.status, answer.json]).toEqual([200, { message: 'Profile deleted successfully' }]);
    expect((await service.remove(`${LIST}${id}`)).status).toBe(404);
  });

  test('are listed in the order of their creation, whole or in parts', async () => {
    const all = (await service.get(LIST)).json;
    expect(all.length).toBeGreaterThan(1);
    expect((await service.get('/api/profiles')).json).toEqual(all);
    expect((await service.get(`${LIST}?limit=1&offset=1`)).json).toEqual(all.slice(1, 2));
    await service.sql.query(
      "INSERT INTO profiles (name, description) SELECT 'Many', 'x' FROM generate_series(1, 500)",
    );
    const ids = (await service.get(LIST)).json.map(({ id }: { id: string }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([all.length + 500, all.length + 500]);
  });

  test.each(['nobody', '11111111-1111-4111-8111-111111111111', '%00', 'x'.repeat(200)])(
    'have no id like %s: 404',
    async (id) => {
      const url = `${LIST}${id}`;
      for (const answer of [
        await service.get(url),
        await service.put(url, profile()),
        await service.remove(url),
      ])
        expect([answer.status, answer.json]).toEqual([
          404,
          { success: false, error: 'Profile not found', message: 'Profile not found' },
        ]);
    },
  );

  test.each([
    [{}, 'No data provided'],
    [{ description: 'x' }, 'Missing required field: name'],
    [{ name: 'x' }, 'Missing required field: description'],
    [profile({ name: ['x'] }), 'Invalid name: must be a non-empty string'],
    [profile({ demographics: 'x' }), 'Invalid demographics: must be an object'],
    [
      profile({ demographics: { interests: 'x' } }),
      'Invalid demographics.interests: must be a list of strings',
    ],
    [
      profile({ rtb_specifics: { adid_persistence: 'always' } }),
      'Invalid rtb_specifics.adid_persistence: must be one of per_user, per_session, per_impression',
    ],
    [
      profile({ app_usage: { session_duration_avg_minutes: -1 } }),
      'Invalid app_usage.session_duration_avg_minutes: must be a number from 0 to 1000000',
    ],
    [profile({ referrers: { Sports: 'x' } }), 'Invalid referrers.Sports: must be a list of strings'],
  ])('are refused as %j', async (body, message) => {
    const answer = await service.post(LIST, body);
    expect([answer.status, answer.json]).toEqual([400, { success: false, error: message, message }]);
  });
});
