// Contracts 2.1, H16: the list of campaigns is a bare array, whole unless a part of it is asked for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
const COUNT = 450;

beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const list = async (query = '') => (await service.get(`/api/sessions/${query}`)).json;
const idsOf = async (query: string) => (await list(query)).map(({ id }: { id: string }) => id);

describe('GET /api/sessions/', () => {
  test('is an empty array when there is none', async () => {
    expect(await list()).toEqual([]);
  });

  test('shows each campaign as GET of one does, in the order of their creation', async () => {
    const ids = [await service.create(), await service.create({ name: 'Second' })];
    expect(await list()).toEqual([await service.show(ids[0] ?? ''), await service.show(ids[1] ?? '')]);
    expect((await service.get('/api/sessions')).json).toEqual(await list());
  });

  test('is whole, however long it is', async () => {
    await service.sql.query(
      `INSERT INTO campaigns (id, number, name, target_url, requests_per_minute, geo_locations, rtb_config, config,
         user_profile_ids, profile_user_counts, user_agents, referrers, campaign_referrers)
       SELECT 'session_' || n, n, 'Many', 'https://example.com', 10, '[]', '{}', '{}', '[]', '{}', '[]', '[]', '{}'
       FROM generate_series(1001, 1000 + $1::int) AS n`,
      [COUNT],
    );
    const ids = await idsOf('');
    expect(ids).toHaveLength(COUNT + 2);
    expect(ids.slice(2)).toEqual(Array.from({ length: COUNT }, (_, index) => `session_${1001 + index}`));
  });

  test.each([
    ['?limit=3', 0, 3],
    ['?limit=3&offset=2', 2, 5],
    ['?offset=440', 440, COUNT + 2],
    ['?limit=300&offset=10', 10, 310],
    ['?limit=1000', 0, COUNT + 2],
    ['?offset=100000', 0, 0],
  ])('takes the part that %s names', async (query, from, to) => {
    expect(await idsOf(query)).toEqual((await idsOf('')).slice(from, to));
  });

  test.each([
    ['?limit=0', 'limit', 'from 1 to 1000'],
    ['?limit=1001', 'limit', 'from 1 to 1000'],
    ['?limit=-1', 'limit', 'from 1 to 1000'],
    ['?limit=x', 'limit', 'from 1 to 1000'],
    ['?limit=1.5', 'limit', 'from 1 to 1000'],
    ['?limit=', 'limit', 'from 1 to 1000'],
    ['?limit=1&limit=2', 'limit', 'from 1 to 1000'],
    ['?offset=-1', 'offset', 'from 0 to 1000000000000'],
    ['?offset=1e3', 'offset', 'from 0 to 1000000000000'],
  ])('S25 S40 refuses %s', async (query, name, range) => {
    const answer = await service.get(`/api/sessions/${query}`);
    const message = `Invalid ${name}: must be an integer ${range}`;
    expect([answer.status, answer.json]).toEqual([400, { success: false, error: message, message }]);
  });

  test('S25 ignores what it does not know', async () => {
    expect(await idsOf('?limit=1&limit[]=5&a[]=1&a[]=2&__proto__=x')).toHaveLength(1);
  });
});
