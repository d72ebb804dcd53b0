// Contracts 2.2/12: changes of the status, and what they do to the run.
import { type CampaignStatus, STATUSES } from '@trafficflux/campaigns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCampaign, storeEntries } from '../../test/entries.ts';
import { type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startCampaignsApi();
});
afterAll(() => service.close());

const refusal = (message: string, context: object = {}) => ({
  success: false,
  error: message,
  message,
  ...context,
});
const put = (id: string, body: unknown) => service.put(`/api/traffic/campaigns/${id}/status`, body);
const monitor = async (id: string) => (await service.get(`/api/traffic/monitor/${id}`)).json.data;

/** Ways to each status, and by each status those that it may become, as the contract's table says. */
const WAYS: Record<CampaignStatus, CampaignStatus[]> = {
  draft: [],
  running: ['running'],
  paused: ['running', 'paused'],
  stopped: ['stopped'],
  completed: ['running', 'completed'],
  error: ['error'],
};
const MAY_BECOME: Record<CampaignStatus, CampaignStatus[]> = {
  draft: ['running', 'stopped', 'error'],
  running: ['paused', 'completed', 'stopped', 'error'],
  paused: ['running', 'completed', 'stopped', 'error'],
  stopped: ['draft', 'running', 'completed', 'error'],
  completed: ['draft', 'running'],
  error: ['draft', 'running', 'stopped'],
};

async function createAs(status: CampaignStatus): Promise<string> {
  const id = await service.create();
  for (const step of WAYS[status]) await put(id, { status: step });
  return id;
}

describe('PUT /api/traffic/campaigns/{id}/status', () => {
  test.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))(
    'from %s to %s is as the table says',
    async (from, to) => {
      const id = await createAs(from);
      const answer = await put(id, { status: to });
      const isAllowed = from === to || MAY_BECOME[from].includes(to);
      if (isAllowed)
        expect([answer.status, answer.json]).toEqual([
          200,
          {
            success: true,
            message: `Campaign status updated to ${to}`,
            campaign_id: id,
            previous_status: from,
            new_status: to,
            updated_at: (await service.show(id)).updated_at,
          },
        ]);
      else
        expect([answer.status, answer.json]).toEqual([
          409,
          refusal(`Invalid status transition from '${from}' to '${to}'`, {
            campaign_id: id,
            current_status: from,
            requested_status: to,
            allowed_transitions: MAY_BECOME[from],
          }),
        ]);
      expect((await service.show(id)).status).toBe(isAllowed ? to : from);
    },
  );

  test('sets the start when it becomes running, and the end when it ends', async () => {
    const id = await service.create();
    await put(id, { status: 'running' });
    const { start_time: start, end_time: end } = await service.show(id);
    expect([new Date(start).toISOString(), end]).toEqual([start, null]);
    await put(id, { status: 'paused' });
    await put(id, { status: 'running' });
    expect((await service.show(id)).start_time).toBe(start);
    await put(id, { status: 'completed' });
    const { end_time: ended } = await service.show(id);
    expect(new Date(ended).toISOString()).toBe(ended);
  });

  test.each([{}, null])('refuses the body %j: there is no data', async (body) => {
    const id = await service.create();
    const answer = await service.ask({
      method: 'PUT',
      url: `/api/traffic/campaigns/${id}/status`,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    expect([answer.status, answer.json]).toEqual([400, refusal('No data provided')]);
  });

  test.each([{ other: 1 }, { status: null }, { status: '' }])('refuses %j: no status', async (body) => {
    const answer = await put(await service.create(), body);
    expect([answer.status, answer.json]).toEqual([400, refusal('Status is required')]);
  });

  test.each(['Running', 'active', 5, false, ['running'], { $ne: null }])(
    'refuses the status %j, also of an unknown campaign',
    async (status) => {
      const message =
        "Invalid status. Must be one of: ['draft', 'running', 'paused', 'completed', 'stopped', 'error']";
      for (const id of [await service.create(), 'session_999999', 'a%20b']) {
        const answer = await put(id, { status });
        expect([answer.status, answer.json]).toEqual([400, refusal(message, { provided_status: status })]);
      }
    },
  );

  test.each(['session_999999', 'a b', 'a'.repeat(65)])('knows no campaign %s', async (id) => {
    const answer = await put(encodeURIComponent(id), { status: 'running' });
    expect([answer.status, answer.json]).toEqual([404, refusal(`Campaign ${id} not found`)]);
  });

  test('S22 changes nothing else', async () => {
    const id = await service.create();
    await put(id, { status: 'running', name: 'x', total_requests: 9, id: 'y' });
    expect(await service.show(id)).toMatchObject({ id, name: 'Spring', total_requests: 0 });
  });

  test('to running is refused while it generates', async () => {
    const id = await startCampaign(service);
    const answer = await put(id, { status: 'running' });
    expect([answer.status, answer.json]).toEqual([
      409,
      refusal('Traffic generation is already running for this campaign', {
        campaign_id: id,
        current_status: 'running',
      }),
    ]);
  });
});

describe('a pause', () => {
  test('suspends the run and freezes its time, and running continues it', async () => {
    const id = await startCampaign(service, { requests_per_minute: 600 });
    await storeEntries(service, id, 30);
    await put(id, { status: 'paused' });
    expect(await monitor(id)).toMatchObject({ is_running: false, total_requests: 30 });
    const frozen = await service.sql.query(
      'SELECT is_generating, owner, running_since, run FROM campaigns WHERE id = $1',
      [id],
    );
    expect(frozen.rows[0]).toEqual({ is_generating: true, owner: null, running_since: null, run: 1 });
    expect(await service.stores.ownership.claim(id, 'somebody')).toBeNull();

    expect((await put(id, { status: 'running' })).json).toMatchObject({ previous_status: 'paused' });
    expect((await monitor(id)).is_running).toBe(true);
    const owned = await service.stores.ownership.claim(id, 'somebody');
    expect(owned).toMatchObject({ run: 1, lastSequence: 30, missed: 0 });
  });

  test.each(['completed', 'stopped', 'error'])('that ends as %s ends the run', async (status) => {
    const id = await startCampaign(service);
    await put(id, { status: 'paused' });
    expect((await put(id, { status })).status).toBe(200);
    const { rows } = await service.sql.query('SELECT is_generating FROM campaigns WHERE id = $1', [id]);
    expect(rows[0].is_generating).toBe(false);
  });
});

describe('leaving running', () => {
  test.each(['completed', 'stopped', 'error'])('for %s ends the run', async (status) => {
    const id = await startCampaign(service);
    expect((await put(id, { status })).status).toBe(200);
    expect(await monitor(id)).toMatchObject({ is_running: false });
    expect((await service.post(`/api/traffic/stop/${id}`)).status).toBe(404);
    expect(await service.stores.ownership.claim(id, 'somebody')).toBeNull();
  });
});
