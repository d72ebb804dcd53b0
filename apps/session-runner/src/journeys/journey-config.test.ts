import { loadConfig } from '@trafficflux/service-kit';
import { describe, expect, it } from 'vitest';
import { journeyVariables, toJourneyConfig } from './journey-config.ts';

function load(env: Record<string, string> = {}) {
  return loadConfig({ variables: journeyVariables, shape: toJourneyConfig, source: { env } });
}

describe('the configuration of journeys', () => {
  it('has defaults: 30 s, 5 requests a second, 5 pages', () => {
    expect(load()).toEqual({
      timeLimitMs: 30_000,
      requestsPerSecond: 5,
      pages: 5,
      pauseMs: { min: 500, max: 1_500 },
      seed: null,
      requestTimeoutMs: 10_000,
      bodyLimitBytes: 2_097_152,
      redirectLimit: 5,
      threadMemoryMb: 128,
    });
  });

  it('takes half a request a second, and a seed', () => {
    expect(load({ JOURNEY_REQUESTS_PER_SECOND: '0.5', JOURNEY_SEED: '7' })).toMatchObject({
      requestsPerSecond: 0.5,
      seed: 7,
    });
  });

  it.each([
    [{ JOURNEY_REQUESTS_PER_SECOND: '0' }, /JOURNEY_REQUESTS_PER_SECOND must be a number from 0\.01/],
    [{ JOURNEY_PAGES: '0' }, /JOURNEY_PAGES must be an integer from 1/],
    [{ JOURNEY_PAUSE_MIN_MS: '2000' }, /JOURNEY_PAUSE_MIN_MS must not be above JOURNEY_PAUSE_MAX_MS/],
  ])('refuses %j in a sentence', (env, sentence) => {
    expect(() => load(env)).toThrow(sentence);
  });
});
