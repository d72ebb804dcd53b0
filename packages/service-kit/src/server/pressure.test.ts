import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { isAbove } from './pressure.ts';

const THRESHOLDS = { eventLoopDelayMs: 1_000, heapBytes: 0, rssBytes: 500, retryAfterSeconds: 5 };
const CALM = { eventLoopDelayMs: 20, heapBytes: 1e9, rssBytes: 400 };

describe('load shedding', () => {
  let test: TestApp | undefined;
  afterEach(() => test?.app.close());

  it.each([
    [CALM, false],
    [{ ...CALM, eventLoopDelayMs: 1_000 }, false],
    [{ ...CALM, eventLoopDelayMs: 1_001 }, true],
    [{ ...CALM, rssBytes: 501 }, true],
  ])('begins above a threshold, and 0 switches one off: %j → %s', (reading, expected) => {
    expect(isAbove(reading, THRESHOLDS)).toBe(expected);
  });

  it('answers 503 with Retry-After in the envelope of the service, but not for health and metrics', async () => {
    // No process has a heap this small: every sample is above it.
    test = await startTestApp({ env: { SHED_HEAP_BYTES: '1', SHED_RETRY_AFTER_SECONDS: '7' } }, (app) => {
      app.get('/', async () => ({}));
    });
    const { app } = test;
    await expect.poll(async () => (await app.inject('/')).statusCode, { timeout: 10_000 }).toBe(503);
    const answer = await app.inject('/');
    expect(answer.json()).toEqual({ error: 'The service is overloaded. Please try again later.' });
    expect(answer.headers['retry-after']).toBe('7');
    for (const path of ['/metrics', '/health/live', '/health/ready'])
      expect((await app.inject(path)).statusCode).toBe(200);
  });
});
