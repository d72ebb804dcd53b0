// Live campaigns: real requests to a real target, as measured, and nowhere else.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Campaigns, createCampaigns } from './campaigns.ts';
import { expectExact } from './facts.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

let campaigns: Campaigns;
const closing: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  campaigns = await createCampaigns();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => campaigns.close());

async function startTarget(listener: RequestListener, host = '127.0.0.1') {
  const target = { hits: 0, userAgents: new Set<string>(), url: '', port: 0 };
  const server = createServer((request, response) => {
    target.hits++;
    target.userAgents.add(request.headers['user-agent'] ?? '');
    listener(request, response);
  }).listen(0, host);
  await once(server, 'listening');
  target.port = (server.address() as AddressInfo).port;
  target.url = `http://${host}:${target.port}/page?x=1`;
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return target;
}

async function startWorker(environment: Record<string, string> = {}): Promise<TestWorker> {
  const worker = await startTestWorker(campaigns.url, environment);
  closing.push(() => worker.close());
  return worker;
}

const beginLive = (targetUrl: string, seconds: number | null, requestsPerMinute = 1200) =>
  campaigns.begin({
    delivery: 'live',
    targetUrl,
    requestsPerMinute,
    durationMinutes: seconds === null ? null : seconds / 60,
  });
const statusOf = async (id: string) => (await campaigns.row(id)).status;

test('a live campaign sends one real request a slot, and records what was measured', async () => {
  const target = await startTarget((request, response) => {
    response.writeHead(request.url === '/page?x=1' ? 200 : 404).end('hello');
  });
  await startWorker();
  const id = await beginLive(target.url, 2);
  await expect.poll(() => statusOf(id)).toBe('completed');
  const entries = await expectExact(campaigns, id);
  const { sent_requests, missed_requests } = await campaigns.row(id);
  expect(target.hits).toBe(sent_requests);
  expect(entries).toHaveLength(sent_requests);
  expect(entries.length + missed_requests).toBe(40);
  for (const entry of entries) {
    expect(entry).toMatchObject({ simulated: false, success: true, status_code: 200, response_size: 5 });
    expect(Date.parse(entry.timestamp)).toBeGreaterThanOrEqual(Date.parse(entry.started_at));
  }
  expect([...target.userAgents]).toEqual([expect.stringMatching(/^TrafficFlux-LoadWorker\/\d/)]);
});

test('failures of the target are entries too', async () => {
  const target = await startTarget((request) => void request.socket.destroy());
  await startWorker();
  const id = await beginLive(target.url, 1);
  await expect.poll(() => statusOf(id)).toBe('completed');
  const entries = await expectExact(campaigns, id);
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) {
    expect(entry).toMatchObject({ success: false, status_code: 0 });
    expect(entry.error).toMatch(/closed the connection|reset the connection/);
  }
});

test('after a stop no request starts any more, and those under way count as sent but unrecorded', async () => {
  const target = await startTarget(() => {});
  const worker = await startWorker();
  const id = await beginLive(target.url, null);
  await expect.poll(() => target.hits).toBeGreaterThan(5);
  await expect.poll(async () => (await campaigns.row(id)).sent_requests).toBeGreaterThan(0);
  await campaigns.states.stop(id, 'test');
  const stored = await campaigns.row(id);
  await expect.poll(() => worker.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
  const { hits } = target;
  // One whose connection was not open yet never arrived, and was sent all the same.
  await expect.poll(async () => (await campaigns.row(id)).sent_requests).toBeGreaterThanOrEqual(hits);
  const { sent_requests, missed_requests, next_slot } = await campaigns.row(id);
  expect(await campaigns.row(id)).toEqual({ ...stored, sent_requests, missed_requests, next_slot });
  expect(sent_requests + missed_requests).toBe(next_slot);
  expect(stored.last_sequence).toBe(0);
});

test('H12 a pause at any moment sends no request twice, and counts each', async () => {
  const target = await startTarget((_request, response) => void response.end());
  const worker = await startWorker();
  // More than one request is under way or not stored yet whenever somebody pauses.
  const id = await beginLive(target.url, 3, 6000);
  for (const hits of [10, 60, 110, 160]) {
    await expect.poll(() => target.hits, { interval: 5 }).toBeGreaterThan(hits);
    await campaigns.states.change(id, 'paused', 'test');
    await expect.poll(() => worker.ask('/health').then(({ body }) => body)).toContain('"campaigns":0');
    await expect
      .poll(async () => (await campaigns.row(id)).sent_requests)
      .toBeGreaterThanOrEqual(target.hits);
    await campaigns.states.change(id, 'running', 'test');
  }
  await expect.poll(() => statusOf(id), { timeout: 30_000 }).toBe('completed');
  const { sent_requests, missed_requests, next_slot } = await campaigns.row(id);
  // A slot that was sent again would arrive without being counted.
  expect(target.hits).toBeLessThanOrEqual(sent_requests);
  expect(sent_requests + missed_requests).toBe(300);
  expect(next_slot).toBe(300);
  const slots = (await campaigns.entries(id)).map(({ slot }) => slot);
  expect(new Set(slots).size).toBe(slots.length);
  expect(slots.length).toBeLessThanOrEqual(sent_requests);
});

test('H7 a target off the list is never visited: the campaign ends as an error that names it', async () => {
  const target = await startTarget((_request, response) => void response.end());
  await startWorker({ TARGET_ALLOWLIST: 'example.com' });
  const id = await beginLive(target.url, 10);
  await expect.poll(() => statusOf(id)).toBe('error');
  expect((await campaigns.row(id)).error).toBe('127.0.0.1 is not on TARGET_ALLOWLIST.');
  expect(target.hits).toBe(0);
});

test.each(['http://2130706433:PORT/', 'http://0x7f.1:PORT/', 'http://127.1:PORT/', 'http://0.0.0.0:PORT/'])(
  'S30 %s is not visited, although it leads to a listed address',
  async (form) => {
    const target = await startTarget((_request, response) => void response.end());
    await startWorker();
    const id = await beginLive(form.replace('PORT', String(target.port)), 10);
    await expect.poll(() => statusOf(id)).toBe('error');
    expect(target.hits).toBe(0);
  },
);

test('S31 a redirect is recorded, not followed', async () => {
  const elsewhere = await startTarget((_request, response) => void response.end());
  const target = await startTarget((_request, response) => {
    response.writeHead(302, { location: elsewhere.url }).end();
  });
  await startWorker();
  const id = await beginLive(target.url, 1);
  await expect.poll(() => statusOf(id)).toBe('completed');
  const entries = await expectExact(campaigns, id);
  expect(new Set(entries.map(({ status_code }) => status_code))).toEqual(new Set([302]));
  expect(elsewhere.hits).toBe(0);
});
