// What only a real connection shows.
import { describeWireFacts, getText, open, readAll } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, startHub } from '../service.ts';

let hub: Hub;
let port: number;

beforeAll(async () => {
  hub = await startHub({
    HEADERS_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '600',
    TIMEOUT_CHECK_INTERVAL_MS: '50',
  });
  port = await hub.port();
});
afterAll(() => hub.close());

describeWireFacts({
  port: () => port,
  readable: '/health',
  postable: '/sessions',
  errorKey: 'error',
  texts: ['/health', '/info', '/metrics', '/metrics?format=prometheus', '/nothing', '/docs', '/openapi.json'],
});

test('headers over the limit are answered 431 in the format of the hub', async () => {
  const answer = await readAll(await open(port, getText('/health', `X-Long: ${'x'.repeat(20_000)}\r\n`)));
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  expect(body).toEqual({
    error: { code: 'HEADERS_TOO_LARGE', message: expect.any(String), details: {} },
  });
});
