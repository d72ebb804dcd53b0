// Contracts 2.1: campaigns that are there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const NOT_FOUND = { success: false, error: 'Session not found', message: 'Session not found' };
const IDS = ['session_999999', 'nobody', 'a.b', '..%2f..', '%00', 'x'.repeat(65), 'a%20b', "a'b"];

describe('an unknown or malformed id', () => {
  test.each(IDS)('%s is 404', async (id) => {
    const url = `/api/sessions/${id}`;
    for (const answer of [
      await service.get(url),
      await service.put(url, { name: 'x' }),
      await service.remove(url),
    ])
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
  });
});

describe('PUT /api/sessions/{id}', () => {
  test('changes what it names, and nothing else', async () => {
    const id = await service.create({ config: { seed: 1, x: 'y' } });
    const before = await service.show(id);
    const { status, json } = await service.put(`/api/sessions/${id}`, {
      name: 'Autumn',
      config: { seed: 2 },
    });
    expect(status).toBe(200);
    expect(json).toEqual({ ...before, name: 'Autumn', config: { seed: 2 }, updated_at: expect.any(String) });
    expect(Date.parse(json.updated_at)).toBeGreaterThanOrEqual(Date.parse(before.updated_at));
    expect(await service.show(id)).toEqual(json);
  });

  test('S22 ignores what no client may set', async () => {
    const id = await service.create();
    const before = await service.show(id);
    const fields = {
      id: 'session_1',
      status: 'running',
      created_at: '2001-01-01T00:00:00.000Z',
      total_requests: 9,
      successful_requests: 9,
      start_time: '2001-01-01T00:00:00.000Z',
      progress_percentage: 50,
    };
    const { status, json } = await service.put(`/api/sessions/${id}`, fields);
    expect([status, json]).toEqual([200, before]);
  });

  test('takes null as a value only where there is such a value', async () => {
    const id = await service.create({ log_level: 'x', requests_per_minute: 3 });
    const fields = { duration_minutes: null, log_level: null, requests_per_minute: null, name: null };
    const { json } = await service.put(`/api/sessions/${id}`, fields);
    expect(json).toMatchObject({
      duration_minutes: null,
      log_level: null,
      requests_per_minute: 3,
      name: 'Spring',
    });
  });

  test.each([
    [{}, 'No data provided'],
    [{ requests_per_minute: -1 }, 'Invalid requests_per_minute: must be a number above 0 and at most 6000'],
    [{ target_url: 'x' }, 'Invalid target_url: must start with http:// or https://'],
    [{ user_profile_ids: ['x'] }, 'Invalid user_profile_ids: ["x"]'],
  ])('refuses %j and changes nothing', async (body, message) => {
    const id = await service.create();
    const before = await service.show(id);
    const answer = await service.put(`/api/sessions/${id}`, body);
    expect([answer.status, answer.json]).toEqual([400, { success: false, error: message, message }]);
    expect(await service.show(id)).toEqual(before);
  });

  test('keeps a profile that was deleted since, and takes no new one that is unknown', async () => {
    const profile = (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json.id;
    const id = await service.create({ user_profile_ids: [profile] });
    await service.remove(`/api/profiles/${profile}`);
    expect((await service.put(`/api/sessions/${id}`, { name: 'x' })).json.user_profile_ids).toEqual([
      profile,
    ]);
    expect((await service.put(`/api/sessions/${id}`, { user_profile_ids: [profile] })).status).toBe(400);
  });

  test('loses no update of many at once', async () => {
    const id = await service.create();
    const fields = ['name', 'log_level', 'log_format', 'log_file_path'];
    await Promise.all(fields.map((field) => service.put(`/api/sessions/${id}`, { [field]: `new ${field}` })));
    expect(await service.show(id)).toMatchObject(
      Object.fromEntries(fields.map((field) => [field, `new ${field}`])),
    );
  });
});

describe('DELETE /api/sessions/{id}', () => {
  test('removes the campaign with all that belongs to it, once', async () => {
    const id = await service.create();
    const answer = await service.remove(`/api/sessions/${id}`);
    expect([answer.status, answer.json]).toEqual([200, { success: true, message: `Session ${id} deleted` }]);
    expect((await service.get(`/api/sessions/${id}`)).status).toBe(404);
    expect((await service.remove(`/api/sessions/${id}`)).status).toBe(404);
    const { rows } = await service.sql.query('SELECT FROM campaign_logs WHERE campaign_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  test('tells workers and watchers', async () => {
    const id = await service.create();
    const heard: unknown[] = [];
    const { bus } = service.stores;
    const subscriptions = await Promise.all(
      [`campaigns.${id}`, 'workers.campaigns'].map((topic) =>
        bus.subscribe(topic, { onEvent: ({ data }) => void heard.push(data) }),
      ),
    );
    await service.remove(`/api/sessions/${id}`);
    await expect.poll(() => heard.length).toBe(2);
    expect(heard).toContainEqual({ campaign_id: id, epoch: Number.MAX_SAFE_INTEGER });
    expect(heard).toContainEqual({
      type: 'deleted',
      campaign_id: id,
      at: expect.any(Number),
      status: 'draft',
      run: 0,
      total_requests: 0,
      successful_requests: 0,
      progress_percentage: null,
      worker: null,
      message: null,
    });
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
  });

  test('of a campaign that generates ends its run first', async () => {
    const id = await service.create();
    await service.sql.query(
      `UPDATE campaigns SET status = 'running', is_generating = true, run = 1, epoch = 3, plan = '{}',
        run_rate = 60, thread_id = gen_random_uuid() WHERE id = $1`,
      [id],
    );
    expect((await service.remove(`/api/sessions/${id}`)).status).toBe(200);
    expect((await service.stores.ownership.findOrphans(10)).map(({ campaignId }) => campaignId)).toEqual([]);
  });
});
