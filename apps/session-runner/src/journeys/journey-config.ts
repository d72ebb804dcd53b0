/** What the operator may set about journeys: how far they go, how fast, how long, and how much they read. */
import { ConfigError } from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';

const KIB = 1024;
const MIB = 1024 * KIB;

export const journeyVariables = {
  /** The whole journey, pauses included. */
  JOURNEY_TIME_LIMIT_MS: Type.Integer({ minimum: 100, maximum: 3_600_000, default: 30_000 }),
  /** Of one thread, robots.txt and redirects included. */
  JOURNEY_REQUESTS_PER_SECOND: Type.Number({ minimum: 0.01, maximum: 1_000, default: 5 }),
  /** The target and those that it leads to. */
  JOURNEY_PAGES: Type.Integer({ minimum: 1, maximum: 100, default: 5 }),
  JOURNEY_PAUSE_MIN_MS: Type.Integer({ minimum: 0, maximum: 600_000, default: 500 }),
  JOURNEY_PAUSE_MAX_MS: Type.Integer({ minimum: 0, maximum: 600_000, default: 1_500 }),
  /** Above 0, the pauses of the nth journey of a session are the same in every session. */
  JOURNEY_SEED: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
  /** One request, from the look-up of the name to the last byte. */
  JOURNEY_REQUEST_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: 600_000, default: 10_000 }),
  /** What is read of one page, and what may come out of it when it is compressed. */
  JOURNEY_BODY_LIMIT_BYTES: Type.Integer({ minimum: KIB, maximum: 64 * MIB, default: 2 * MIB }),
  /** How many redirects in a row are followed. */
  JOURNEY_REDIRECT_LIMIT: Type.Integer({ minimum: 0, maximum: 20, default: 5 }),
  /** The JavaScript heap of one thread; a journey that needs more fails. */
  JOURNEY_THREAD_MEMORY_MB: Type.Integer({ minimum: 32, maximum: 4_096, default: 128 }),
};

export interface JourneyConfig {
  readonly timeLimitMs: number;
  readonly requestsPerSecond: number;
  readonly pages: number;
  readonly pauseMs: { readonly min: number; readonly max: number };
  /** Null: pauses are drawn anew every time. */
  readonly seed: number | null;
  readonly requestTimeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly redirectLimit: number;
  readonly threadMemoryMb: number;
}

/** @throws {ConfigError} when the shortest pause is longer than the longest */
export function toJourneyConfig(variables: Static<TObject<typeof journeyVariables>>): JourneyConfig {
  const pauseMs = { min: variables.JOURNEY_PAUSE_MIN_MS, max: variables.JOURNEY_PAUSE_MAX_MS };
  if (pauseMs.min > pauseMs.max)
    throw new ConfigError(
      `JOURNEY_PAUSE_MIN_MS must not be above JOURNEY_PAUSE_MAX_MS, but it is "${pauseMs.min}" and the other "${pauseMs.max}".`,
    );
  return {
    timeLimitMs: variables.JOURNEY_TIME_LIMIT_MS,
    requestsPerSecond: variables.JOURNEY_REQUESTS_PER_SECOND,
    pages: variables.JOURNEY_PAGES,
    pauseMs,
    seed: variables.JOURNEY_SEED === 0 ? null : variables.JOURNEY_SEED,
    requestTimeoutMs: variables.JOURNEY_REQUEST_TIMEOUT_MS,
    bodyLimitBytes: variables.JOURNEY_BODY_LIMIT_BYTES,
    redirectLimit: variables.JOURNEY_REDIRECT_LIMIT,
    threadMemoryMb: variables.JOURNEY_THREAD_MEMORY_MB,
  };
}
