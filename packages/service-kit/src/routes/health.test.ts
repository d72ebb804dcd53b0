import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('health', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  it('is live while the process turns, and ready when every store answers', async () => {
    test = await startTestApp({ readiness: { postgres: async () => 1 } });
    expect((await test.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    expect((await test.app.inject('/health/ready')).json()).toEqual({ status: 'ready' });
  });

  it('is live and not ready while a store is away: 503 in the envelope, without its message', async () => {
    test = await startTestApp({
      readiness: {
        redis: async () => 1,
        postgres: async () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1')),
      },
    });
    expect((await test.app.inject('/health/live')).statusCode).toBe(200);
    const answer = await test.app.inject('/health/ready');
    expect([answer.statusCode, answer.json()]).toEqual([503, { error: 'The service is not ready.' }]);
    expect(answer.headers['retry-after']).toBe('1');
    expect(test.lines.join('')).toContain('"check":"postgres"');
  });

  it('is not ready when a store does not answer in time', async () => {
    test = await startTestApp({ readiness: { postgres: () => new Promise(() => {}) } });
    expect((await test.app.inject('/health/ready')).statusCode).toBe(503);
  });

  it('is not ready from the first signal on', async () => {
    test = await startTestApp();
    test.app.connections.announceEnd();
    expect((await test.app.inject('/health/ready')).statusCode).toBe(503);
    expect((await test.app.inject('/health/live')).statusCode).toBe(200);
  });

  it('answers where a service wants it, and is not stored', async () => {
    test = await startTestApp({ paths: { live: '/livez', ready: '/readyz', metrics: null } });
    expect((await test.app.inject('/livez')).headers['cache-control']).toBe('no-store');
    expect((await test.app.inject('/readyz')).headers['cache-control']).toBe('no-store');
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect((await test.app.inject(path)).statusCode).toBe(404);
  });
});
