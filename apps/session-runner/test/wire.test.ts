// What only a real connection shows.
import { describeWireFacts, getText, listen, open, readAll } from '@trafficflux/tooling/service-tests';
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
  readable: '/health',
  postable: '/auth/register',
  errorKey: 'detail',
  texts: ['/', '/health', '/nothing', '/auth/me', '/metrics', '/docs', '/redoc', '/openapi.json'],
});

test.each(['//evil.example/', '/\\evil.example/', 'http://evil.example/auth/me/', '//evil.example/auth/me/'])(
  'a slash at the end of %s leads to no other host',
  async (target) => {
    const answer = await readAll(await open(port, getText(target, 'Connection: close\r\n')));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toMatch(/^location:/im);
  },
);
