import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, PASSWORD, startHub } from '../service.ts';

const OURS = 'https://app.example.com';

let hub: Hub;

beforeAll(async () => {
  hub = await startHub({ ALLOWED_ORIGINS: OURS });
  await hub.addAccount('ada');
});
afterAll(() => hub.close());

const logInFrom = (origin: string) =>
  hub.ask({
    method: 'POST',
    url: '/sessions',
    headers: { origin },
    payload: { username: 'ada', password: PASSWORD },
  });

test('a page that may connect may log in, and read the answer', async () => {
  const { status, headers } = await logInFrom(OURS);
  expect(status).toBe(200);
  expect(headers['access-control-allow-origin']).toBe(OURS);
  const preflight = await hub.ask({
    method: 'OPTIONS',
    url: '/sessions',
    headers: { origin: OURS, 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(200);
  expect(preflight.headers['access-control-allow-headers']).toContain('Content-Type');
});

test('no other page can read an answer', async () => {
  for (const origin of ['https://app.example.com.evil.org', 'https://evil.org', 'null'])
    expect((await logInFrom(origin)).headers).not.toHaveProperty('access-control-allow-origin');
});

test('without a list no page of another origin can read one', async () => {
  const closed = await startHub();
  const { headers } = await closed.ask({ method: 'GET', url: '/health', headers: { origin: OURS } });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  await closed.close();
});
