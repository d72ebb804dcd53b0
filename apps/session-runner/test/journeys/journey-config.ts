import type { JourneyConfig } from '../../src/journeys/journey-config.ts';

/** A configuration without pauses, and with limits that no test reaches by accident. */
export function createConfig(changes: Partial<JourneyConfig> = {}): JourneyConfig {
  return {
    timeLimitMs: 60_000,
    requestsPerSecond: 1_000,
    pages: 5,
    pauseMs: { min: 0, max: 0 },
    seed: 1,
    requestTimeoutMs: 20_000,
    bodyLimitBytes: 1_048_576,
    redirectLimit: 5,
    threadMemoryMb: 64,
    ...changes,
  };
}
