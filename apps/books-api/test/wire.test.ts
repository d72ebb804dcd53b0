// What only a real connection shows.
import { describeWireFacts, listen } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
let port: number;

beforeAll(async () => {
  service = await startService({
    HEADERS_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '600',
    TIMEOUT_CHECK_INTERVAL_MS: '50',
  });
  port = await listen(service.app);
});
afterAll(() => service.close());

describeWireFacts({
  port: () => port,
  readable: '/books',
  postable: '/register',
  errorKey: 'error',
  texts: ['/', '/books', '/nothing', '/metrics', '/openapi.json'],
});

test('S37 cannot give itself another address in front of the login limit', async () => {
  const login = (address: number) =>
    fetch(`http://127.0.0.1:${port}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${address}` },
      body: '{"username":"nobody","password":"x"}',
    });
  for (let failure = 0; failure < 10; failure++) expect((await login(failure)).status).toBe(404);
  expect((await login(99)).status).toBe(429);
});
