// A client's first minutes with traffic campaigns: the documented workflow, simulated and live, on two workers.
import assert from 'node:assert/strict';
import { getText, post } from './client.ts';
import { compose, type Project, run } from './compose.ts';
import type { Smoked } from './services.ts';

const movesWithinMs = 30_000;
const ratePerMinute = 3000;

/** Creates, starts, watches, pauses, stops and downloads a campaign, and sends real requests to the books API. */
export async function smokeCampaignsApi(url: string): Promise<Smoked> {
  const id = await startCampaign(url, 'http://books-api:5000/books', { delivery: 'live' });
  await untilTotal(url, id, 100);
  const stopped = await post(`${url}/api/traffic/stop/${id}`, {}, 200);
  assert.equal(stopped.success, true);
  await assertDownload(url, id, (entry) => entry.simulated === false && entry.status_code === 200);

  const other = await startCampaign(url, 'https://shop.example', { seed: 7 });
  await untilTotal(url, other, 100);
  await setStatus(url, other, 'paused');
  const { total_requests } = await monitor(url, other);
  await setStatus(url, other, 'running');
  await untilTotal(url, other, total_requests + 50);
  await post(`${url}/api/traffic/stop/${other}`, {}, 200);
  await assertDownload(url, other, (entry) => entry.simulated === true);

  await post(
    `${url}/api/sessions/`,
    { name: 'x', target_url: 'http://10.0.0.1', config: { delivery: 'live' } },
    403,
  );
  assert.match(await getText(`${url}/docs`), /swagger/i);
  assert.match(await getText(`${url}/openapi.json`), /"\/api\/traffic\/generate"/);
  assert.match(await getText(`${url}/metrics`), /http_request_duration_seconds_count\{/);
  const health = JSON.parse(await getText(`${url}/api/traffic/health`));
  assert.equal(health.status, 'healthy');
  return { secrets: [], stored: { path: `/api/traffic/monitor/${id}` } };
}

/** Kills the worker that runs a campaign, as a machine would that loses its power: another goes on with it. */
export async function assertWorkersTakeOver(project: Project, url: string): Promise<void> {
  const id = await startCampaign(url, 'https://shop.example', {});
  await untilTotal(url, id, 10);
  const workers = (await compose(project, 'ps', '--quiet', 'load-worker')).trim().split('\n');
  assert.equal(workers.length, 2, 'two workers run');
  for (const worker of workers) {
    await run('docker', ['kill', '--signal', 'KILL', worker], project.environment);
    await untilTotal(url, id, (await monitor(url, id)).total_requests + 50);
    await run('docker', ['start', worker], project.environment);
  }
  await post(`${url}/api/traffic/stop/${id}`, {}, 200);
  await assertDownload(url, id, () => true);
}

async function startCampaign(url: string, target: string, config: object): Promise<string> {
  const settings = {
    name: 'Proof',
    target_url: target,
    requests_per_minute: ratePerMinute,
    duration_minutes: 10,
    config,
  };
  const { id } = await post(`${url}/api/sessions/`, settings, 200);
  await post(`${url}/api/traffic/generate`, { campaign_id: id }, 400);
  await setStatus(url, String(id), 'running');
  await post(`${url}/api/traffic/generate`, { campaign_id: id }, 200);
  await post(`${url}/api/traffic/generate`, { campaign_id: id }, 409);
  return String(id);
}

async function setStatus(url: string, id: string, status: string): Promise<void> {
  const response = await fetch(`${url}/api/traffic/campaigns/${id}/status`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, `PUT status ${status} answered ${response.status}: ${text}`);
}

async function monitor(url: string, id: string): Promise<{ total_requests: number }> {
  return JSON.parse(await getText(`${url}/api/traffic/monitor/${id}`)).data;
}

async function untilTotal(url: string, id: string, total: number): Promise<void> {
  const deadline = performance.now() + movesWithinMs;
  for (;;) {
    const { total_requests } = await monitor(url, id);
    if (total_requests >= total) return;
    assert.ok(performance.now() < deadline, `${id} has ${total_requests} entries and not yet ${total}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Entry {
  readonly sequence: number;
  readonly simulated: boolean;
  readonly status_code: number;
}

/** What was stored is dense, as many as the statistics say, and each as it should be. */
async function assertDownload(url: string, id: string, isRight: (entry: Entry) => boolean): Promise<void> {
  const { data } = JSON.parse(await getText(`${url}/api/traffic/download/${id}`));
  const entries = data.traffic_data as readonly Entry[];
  assert.equal(entries.length, data.total_requests, `${id}: as many entries as the statistics say`);
  entries.forEach((entry, index) => {
    assert.equal(entry.sequence, index + 1, `${id}: the sequence is dense`);
    assert.ok(isRight(entry), `${id}: entry ${JSON.stringify(entry).slice(0, 300)}`);
  });
}
