// What only a real connection shows.
import { describeWireFacts, listen } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll } from 'vitest';
import { type Service, startCampaignsApi } from './service.ts';

let service: Service;
let port: number;

beforeAll(async () => {
  service = await startCampaignsApi({
    HEADERS_TIMEOUT_MS: '300',
    REQUEST_TIMEOUT_MS: '600',
    TIMEOUT_CHECK_INTERVAL_MS: '50',
    PUBLIC_HOSTS: 'x',
  });
  port = await listen(service.app);
});
afterAll(() => service.close());

describeWireFacts({
  port: () => port,
  readable: '/api/sessions/',
  postable: '/api/sessions/',
  errorKey: ['success', 'error', 'message'],
  texts: ['/', '/health', '/api/sessions/', '/nothing', '/metrics', '/docs', '/openapi.json'],
});
