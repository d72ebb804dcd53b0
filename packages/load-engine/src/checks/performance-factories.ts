/** Performance assertions as short words: what a test script writes. */
import { CustomPerformanceAssertion } from './performance-custom.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';
import {
  ErrorRateAssertion,
  SuccessRateAssertion,
  ThroughputAssertion,
  TotalRequestsAssertion,
} from './performance-rates.ts';
import {
  AverageResponseTimeAssertion,
  MaxResponseTimeAssertion,
  PercentileAssertion,
} from './performance-times.ts';

/** At least so many requests per second. */
export function throughputAtLeast(minRps: number, message = ''): ThroughputAssertion {
  return new ThroughputAssertion(minRps, message);
}

/** At most so many milliseconds on average. */
export function avgResponseTimeUnder(maxMs: number, message = ''): AverageResponseTimeAssertion {
  return new AverageResponseTimeAssertion(maxMs, message);
}

/** At most so many percent failed: 5 is 5 %. */
export function errorRateBelow(maxRate: number, message = ''): ErrorRateAssertion {
  return new ErrorRateAssertion(maxRate, message);
}

/** At least so many percent succeeded: 95 is 95 %. */
export function successRateAtLeast(minRate: number, message = ''): SuccessRateAssertion {
  return new SuccessRateAssertion(minRate, message);
}

/** At most so many milliseconds for the slowest answer. */
export function maxResponseTimeUnder(maxMs: number, message = ''): MaxResponseTimeAssertion {
  return new MaxResponseTimeAssertion(maxMs, message);
}

/** At least so many requests in all. */
export function totalRequestsAtLeast(minRequests: number, message = ''): TotalRequestsAssertion {
  return new TotalRequestsAssertion(minRequests, message);
}

/** Whatever code says of the metrics. */
export function customPerformanceAssertion(
  assertionFunc: (metrics: PerformanceMetrics) => unknown,
  message = '',
): CustomPerformanceAssertion {
  return new CustomPerformanceAssertion(assertionFunc, message);
}

/** 95 % of the answers took at most so many milliseconds. */
export function p95ResponseTimeUnder(maxMs: number, message = ''): PercentileAssertion {
  return new PercentileAssertion(95, maxMs, message);
}

/** 99 % of the answers took at most so many milliseconds. */
export function p99ResponseTimeUnder(maxMs: number, message = ''): PercentileAssertion {
  return new PercentileAssertion(99, maxMs, message);
}

/** So many percent of the answers took at most so many milliseconds. */
export function percentileResponseTimeUnder(
  percentile: number,
  maxMs: number,
  message = '',
): PercentileAssertion {
  return new PercentileAssertion(percentile, maxMs, message);
}
