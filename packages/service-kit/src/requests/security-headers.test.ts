import { afterEach, describe, expect, it } from 'vitest';
import { exchangeOne } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

describe('security headers', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  it('stand on every answer, also on errors and on what is not HTTP', async () => {
    test = await startTestApp({}, (app) => app.get('/', async () => ({})));
    for (const url of ['/', '/nowhere', '/%ff', '/metrics', '/health/live']) {
      const { headers } = await test.app.inject(url);
      expect(headers).toMatchObject(EXPECTED);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
    }
    const { headers } = await exchangeOne(test.port, 'nonsense\r\n\r\n');
    expect(Object.fromEntries(headers)).toMatchObject(EXPECTED);
  });

  it('include HSTS when a proxy that ends TLS is configured to be there', async () => {
    test = await startTestApp({ env: { HSTS_MAX_AGE_SECONDS: '600' } });
    const { headers } = await test.app.inject('/health/live');
    expect(headers['strict-transport-security']).toBe('max-age=600; includeSubDomains');
  });
});
