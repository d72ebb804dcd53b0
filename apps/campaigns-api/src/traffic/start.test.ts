// Contracts 2.2/1 and resume: what starts, and what is refused in which words.
import { toJobId, type WakeUp } from '@trafficflux/campaigns';
import type { Job, JobConsumer } from '@trafficflux/job-queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCampaign, storeEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

const GENERATE = '/api/traffic/generate';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

let service: Service;
let consumer: JobConsumer;
/** What workers are given to do. */
const jobs: Job<WakeUp>[] = [];
beforeAll(async () => {
  service = await startCampaignsApi();
  consumer = service.stores.queue.consume(async (job) => void jobs.push(job));
});
afterAll(async () => {
  await consumer.close();
  await service.close();
});

const generate = (id: unknown) => service.post(GENERATE, { campaign_id: id });
const resume = (id: string) => service.post(`/api/traffic/resume/${id}`);
const refusal = (message: string, context: object = {}) => ({
  success: false,
  error: message,
  message,
  ...context,
});

async function createRunning(fields: Record<string, unknown> = {}): Promise<string> {
  const id = await service.create(fields);
  await service.setStatus(id, 'running');
  return id;
}

async function createProfile(fields: Record<string, unknown> = {}): Promise<string> {
  return (await service.post('/api/profiles/', { name: 'A', description: 'B', ...fields })).json.id;
}

async function row(id: string) {
  const { rows } = await service.sql.query('SELECT * FROM campaigns WHERE id = $1', [id]);
  return rows[0];
}

async function expectJob(id: string, run: number): Promise<void> {
  const { epoch } = await row(id);
  const job = { id: toJobId({ campaignId: id, run, epoch: Number(epoch) }), data: { campaignId: id, run } };
  await expect.poll(() => jobs).toContainEqual({ ...job, attempt: 1 });
}

describe('POST /api/traffic/generate', () => {
  test('starts a running campaign and says as what', async () => {
    const id = await createRunning({ requests_per_minute: 120, duration_minutes: 2 });
    const answer = await generate(id);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        success: true,
        message: 'Traffic generation started successfully',
        campaign_id: id,
        status: 'running',
        thread_id: expect.stringMatching(UUID),
        config: { requests_per_minute: 120, duration_minutes: 2, total_users: 1, profiles: 1 },
      },
    ]);
    expect(await row(id)).toMatchObject({
      is_generating: true,
      run: 1,
      run_slots: '240',
      thread_id: answer.json.thread_id,
    });
  });

  test('starts one that has no end', async () => {
    const id = await createRunning({ duration_minutes: null });
    expect((await generate(id)).json.config.duration_minutes).toBeNull();
    expect((await row(id)).run_slots).toBeNull();
  });

  test('counts the users of the profiles that the campaign names', async () => {
    const [first, second] = [await createProfile(), await createProfile()];
    const id = await createRunning({
      user_profile_ids: [first, second],
      profile_user_counts: { [first]: 3, [second]: 4, other: 100 },
    });
    expect((await generate(id)).json.config).toMatchObject({ total_users: 7, profiles: 2 });
  });

  test('wakes a worker with a job of this run', async () => {
    const id = await createRunning();
    await generate(id);
    await expectJob(id, 1);
  });

  test.each([undefined, null, {}])('refuses the body %j: there is no data', async (body) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const answer = await service.ask({
      method: 'POST',
      url: GENERATE,
      headers: { 'content-type': 'application/json' },
      ...(payload !== undefined && { payload }),
    });
    expect([answer.status, answer.json]).toEqual([400, refusal('No data provided')]);
  });

  test('refuses a body of no or of another type, and what is no JSON', async () => {
    const ask = (payload?: string, headers = {}) =>
      service.ask({ method: 'POST', url: GENERATE, headers, ...(payload && { payload }) });
    expect((await ask()).json).toEqual(refusal('No data provided'));
    expect((await ask('{}', { 'content-type': 'text/plain' })).status).toBe(400);
    const broken = await ask('{"campaign_id":', { 'content-type': 'application/json' });
    expect([broken.status, broken.json]).toEqual([400, refusal('Invalid JSON body')]);
    expect((await ask('[]', { 'content-type': 'application/json' })).status).toBe(400);
  });

  test.each([{ other: 1 }, { campaign_id: null }, { campaign_id: '' }])('refuses %j: no id', async (body) => {
    const answer = await service.post(GENERATE, body);
    expect([answer.status, answer.json]).toEqual([400, refusal('Missing required field: campaign_id')]);
  });

  test.each([5, true, [], ['session_1'], { $ne: null }])('refuses %j as an id', async (id) => {
    const answer = await generate(id);
    expect([answer.status, answer.json]).toEqual([400, refusal('Invalid campaign_id: must be a string')]);
  });

  test.each(['session_999999', '../etc', "x' OR 1=1", 'a'.repeat(65), '\u0000'])(
    'knows no %j',
    async (id) => {
      const answer = await generate(id);
      expect([answer.status, answer.json]).toEqual([404, refusal(`Campaign ${id} not found`)]);
    },
  );

  test('refuses one that generates, also while it is paused', async () => {
    const id = await startCampaign(service);
    const message = 'Traffic generation is already running for this campaign';
    const running = await generate(id);
    expect([running.status, running.json]).toEqual([
      409,
      refusal(message, { status: 'running', campaign_id: id }),
    ]);
    await service.setStatus(id, 'paused');
    const paused = await generate(id);
    expect([paused.status, paused.json]).toEqual([
      409,
      refusal(message, { status: 'paused', campaign_id: id }),
    ]);
    expect((await row(id)).run).toBe(1);
  });

  test.each(['draft', 'stopped', 'completed', 'error'])('refuses one that is %s', async (status) => {
    const id = await service.create();
    if (status === 'completed') await service.setStatus(id, 'running');
    if (status !== 'draft') await service.setStatus(id, status);
    const answer = await generate(id);
    expect([answer.status, answer.json]).toEqual([
      400,
      refusal(`Campaign must be in 'running' status to start traffic generation. Current status: ${status}`, {
        current_status: status,
        required_status: 'running',
        campaign_id: id,
      }),
    ]);
  });

  test('refuses profiles without counts, and counts without users', async () => {
    const [first, second] = [await createProfile(), await createProfile()];
    const cases: [object, string][] = [
      [{}, 'User counts must be specified for each profile'],
      [{ [first]: 1 }, 'User counts must be specified for each profile'],
      [{ [first]: 0, [second]: 0 }, 'Total number of users must be greater than 0'],
      [{ [first]: 0, [second]: 0, other: 9 }, 'Total number of users must be greater than 0'],
    ];
    for (const [counts, message] of cases) {
      const id = await createRunning({ user_profile_ids: [first, second], profile_user_counts: counts });
      const answer = await generate(id);
      expect([counts, answer.status, answer.json]).toEqual([counts, 400, refusal(message)]);
      expect((await row(id)).is_generating).toBe(false);
    }
  });

  test('refuses a profile that was deleted since', async () => {
    const profile = await createProfile();
    const id = await createRunning({ user_profile_ids: [profile], profile_user_counts: { [profile]: 1 } });
    await service.remove(`/api/profiles/${profile}`);
    const answer = await generate(id);
    expect([answer.status, answer.json]).toEqual([400, refusal(`Invalid user_profile_ids: ["${profile}"]`)]);
  });

  test('refuses a live campaign whose target is not allowed any more', async () => {
    const id = await createRunning({ target_url: 'http://localhost:1/', config: { delivery: 'live' } });
    await service.sql.query("UPDATE campaigns SET target_url = 'http://2130706433/' WHERE id = $1", [id]);
    const answer = await generate(id);
    expect([answer.status, answer.json.error]).toEqual([
      403,
      expect.stringContaining('Live delivery to this target is not allowed'),
    ]);
    await service.sql.query("UPDATE campaigns SET target_url = 'http://localhost:1/' WHERE id = $1", [id]);
    expect((await generate(id)).status).toBe(200);
  });

  test('of fifty at once starts exactly one', async () => {
    const id = await createRunning();
    const answers = await Promise.all(Array.from({ length: 50 }, () => generate(id)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 409)]);
    expect(await row(id)).toMatchObject({ run: 1, is_generating: true });
  });

  test('F58 starts a second run with a job of its own', async () => {
    const id = await startCampaign(service);
    await service.setStatus(id, 'completed');
    await service.setStatus(id, 'running');
    expect((await generate(id)).status).toBe(200);
    await expectJob(id, 2);
  });
});

describe('POST /api/traffic/resume/{id}', () => {
  let id: string;
  beforeEach(async () => {
    id = await startCampaign(service, { requests_per_minute: 60, duration_minutes: 1 });
  });

  test('goes on with a stopped campaign, for the time that was left', async () => {
    await storeEntries(service, id, 20);
    await service.sql.query("UPDATE campaigns SET running_since = now() - interval '20 s' WHERE id = $1", [
      id,
    ]);
    await service.post(`/api/traffic/stop/${id}`);
    const answer = await resume(id);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        success: true,
        message: 'Traffic generation resumed successfully',
        campaign_id: id,
        status: 'running',
        thread_id: expect.stringMatching(UUID),
        config: { requests_per_minute: 60, duration_minutes: 1, total_users: 1, profiles: 1 },
      },
    ]);
    expect(await row(id)).toMatchObject({
      status: 'running',
      is_generating: true,
      run: 2,
      elapsed_ms: 20_000,
      next_slot: '20',
      run_slots: '60',
      end_time: null,
    });
    expect((await service.show(id)).progress_percentage).toBeCloseTo(33.33, 2);
  });

  test('goes on with a failed one', async () => {
    await service.setStatus(id, 'error');
    expect((await resume(id)).status).toBe(200);
  });

  test('refuses one that had all its time', async () => {
    await storeEntries(service, id, 60);
    await service.sql.query("UPDATE campaigns SET running_since = now() - interval '61 s' WHERE id = $1", [
      id,
    ]);
    await service.post(`/api/traffic/stop/${id}`);
    const answer = await resume(id);
    expect([answer.status, answer.json]).toEqual([
      400,
      refusal('No remaining time to resume', { campaign_id: id }),
    ]);
  });

  test.each(['draft', 'running', 'paused', 'completed'])('refuses one that is %s', async (status) => {
    if (status === 'draft') await service.setStatus(id, 'stopped');
    if (status !== 'running') await service.setStatus(id, status);
    const answer = await resume(id);
    const message = `Campaign must be in 'stopped' or 'error' status to resume traffic generation. Current status: ${status}`;
    expect([answer.status, answer.json]).toEqual([
      400,
      refusal(message, { current_status: status, campaign_id: id }),
    ]);
  });

  test.each(['session_999999', 'a b'])('knows no %s', async (unknown) => {
    const answer = await resume(encodeURIComponent(unknown));
    expect([answer.status, answer.json]).toEqual([404, refusal(`Campaign ${unknown} not found`)]);
  });
});
