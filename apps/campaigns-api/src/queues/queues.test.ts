// The queue as Bull Board and the metrics show it: on this machine to look at, else with a token.
import { type createTestRedis, describeOnOwnRedis, startOwnRedis } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from '../../test/service.ts';

const QUEUES = '/queues/api/queues?activeQueue=campaigns&status=latest&page=1&jobsPerPage=10';
const ID = 'session_1.1.1';
const PAUSE = '/queues/api/queues/campaigns/pause';
const JOB_PATH = `/queues/api/queues/campaigns/job-${ID}`;

function addWakeUp({ stores }: Service) {
  return stores.queue.add(ID, { campaignId: 'session_1', run: 1 });
}

/** What the board must be on either store. */
function promiseOfBoard(start: () => Promise<Service>): void {
  let service: Service;
  beforeAll(async () => {
    service = await start();
    await addWakeUp(service);
  });
  afterAll(() => service.close());

  test('lies on our own origin alone', async () => {
    const page = await service.get('/queues');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).not.toMatch(/(?:href|src)="(?:https?:)?\/\//);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const assets = [...page.text.matchAll(/(?:href|src)="(static\/[^"]+)"/g)].map((match) => match[1]);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const answer = await service.get(`/queues/${asset}`);
      expect([asset, answer.status, answer.text.length > 0]).toEqual([asset, 200, true]);
    }
  });

  test('shows the jobs that wait, and each of them', async () => {
    const { status, json } = await service.get(QUEUES);
    expect(status).toBe(200);
    expect(json.queues).toHaveLength(1);
    expect(json.queues[0]).toMatchObject({ name: 'campaigns', readOnlyMode: true, counts: { waiting: 1 } });
    const job = await service.get(JOB_PATH);
    expect([job.status, job.json.job.data.data]).toEqual([200, { campaignId: 'session_1', run: 1 }]);
    expect((await service.get('/queues/api/redis/stats')).status).toBe(200);
  });

  test('changes nothing', async () => {
    for (const url of [PAUSE, `${JOB_PATH}/clean`, `${JOB_PATH}/retry/failed`, '/queues/api/queues/pause'])
      expect([url, (await service.put(url)).status]).toEqual([url, 405]);
    expect((await service.post('/queues/api/queues/campaigns/add', { name: 'x', data: {} })).status).toBe(
      405,
    );
    expect(await service.stores.queue.counts()).toMatchObject({ waiting: 1 });
  });

  test('answers in the format of the service where there is nothing', async () => {
    const paths = [
      '/queues/none',
      '/queues/static/none.js',
      '/queues/api/queues/none/1',
      '/queues/..%2f..%2fpackage.json',
    ];
    for (const url of paths) {
      const { status, json } = await service.get(url);
      expect([url, status, json.success]).toEqual([url, 404, false]);
      expect(json.error).toBe(json.message);
    }
  });

  test('counts the jobs in the metrics', async () => {
    const { text } = await service.get('/metrics');
    expect(text).toMatch(/^job_queue_jobs\{state="waiting",service="campaigns-api"\} 1$/m);
    expect(text).toMatch(/^job_queue_jobs\{state="active",service="campaigns-api"\} 0$/m);
    expect(text).toMatch(/^job_queue_up\{queue="campaigns",service="campaigns-api"\} 1$/m);
  });
}

describe('the queue board on PostgreSQL', () => {
  promiseOfBoard(() => startCampaignsApi());
});

describeOnOwnRedis('the queue board on Redis', () => {
  let redis: Awaited<ReturnType<typeof createTestRedis>>;
  afterAll(() => redis?.stop());
  promiseOfBoard(async () => {
    redis = await startOwnRedis();
    return await startCampaignsApi({ REDIS_URL: redis.url });
  });
});

describeOnOwnRedis('while the queue is away', () => {
  test('the board is 503 and comes back, and the metrics say so', async () => {
    await using redis = await startOwnRedis();
    const service = await startCampaignsApi({ REDIS_URL: redis.url });
    await service.get(QUEUES);
    await redis.kill();
    const answer = await service.get(QUEUES);
    expect([answer.status, answer.json.success]).toEqual([503, false]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const { status, text } = await service.get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/^job_queue_up\{.*\} 0$/m);
    expect(text).not.toMatch(/^job_queue_jobs\{/m);
    await redis.restart();
    await expect.poll(async () => (await service.get(QUEUES)).status).toBe(200);
    await service.close();
  });
});

describe('without tokens', () => {
  test('the board is for this machine only, also where others may use the API', async () => {
    const service = await startCampaignsApi({
      TRAFFIC_AUTH: 'off',
      HOST: '0.0.0.0',
      PUBLIC_HOSTS: 'campaigns.example',
    });
    const statusOf = async (url: string, host: string) => (await service.get(url, { host })).status;
    for (const host of ['localhost:8001', '127.0.0.1', '[::1]:8001'])
      expect([host, await statusOf('/queues', host)]).toEqual([host, 200]);
    expect(await statusOf('/api/sessions/', 'campaigns.example')).toBe(200);
    for (const url of ['/queues', '/queues/static/favicon.ico', QUEUES]) {
      expect(await statusOf(url, 'campaigns.example')).toBe(403);
      expect(await statusOf(url, 'rebound.example')).toBe(421);
    }
    await service.close();
  });
});

describe('with TRAFFIC_AUTH=required', () => {
  let service: Service;
  let token: string;
  beforeAll(async () => {
    service = await startCampaignsApi({ TRAFFIC_AUTH: 'required', HOST: '0.0.0.0' });
    await service.addAccount('ada', ['operator']);
    token = await service.logIn('ada');
    await addWakeUp(service);
  });
  afterAll(() => service.close());

  test('no part of the board is shown without a token', async () => {
    for (const url of ['/queues', '/queues/', '/queues/static/favicon.ico', QUEUES, JOB_PATH]) {
      expect([url, (await service.get(url)).status]).toEqual([url, 401]);
      expect([url, (await service.read(url, 'x.y.z')).status]).toEqual([url, 401]);
    }
    expect((await service.put(PAUSE)).status).toBe(401);
    expect(await (await service.stores.queue.bull()).isPaused()).toBe(false);
  });

  test('the board may change the queue', async () => {
    expect((await service.read('/queues', token)).status).toBe(200);
    expect((await service.read(QUEUES, token)).json.queues[0].readOnlyMode).toBe(false);
    const queue = await service.stores.queue.bull();
    expect((await service.put(PAUSE, undefined, token)).status).toBe(200);
    expect(await queue.isPaused()).toBe(true);
    expect((await service.put('/queues/api/queues/campaigns/resume', undefined, token)).status).toBe(200);
    expect(await queue.isPaused()).toBe(false);
    expect((await service.put(`${JOB_PATH}/clean`, undefined, token)).status).toBe(204);
    expect(await service.stores.queue.counts()).toMatchObject({ waiting: 0 });
    const { status, json } = await service.put(`${JOB_PATH}/clean`, undefined, token);
    expect([status, json.success]).toEqual([404, false]);
  });

  test('S39 neither the board nor the log shows where the stores are', async () => {
    const secrets = [new URL(service.databaseUrl).password, service.databaseUrl].filter(Boolean);
    const paths = [
      '/queues',
      QUEUES,
      '/queues/api/redis/stats',
      '/queues/api/queues/campaigns/default-job-options',
    ];
    for (const url of [...paths, '/queues/api/queues/campaigns/workers']) {
      const { text } = await service.read(url, token);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    for (const secret of secrets) expect(service.lines.join('')).not.toContain(secret);
  });
});
