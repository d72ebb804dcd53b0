/** Performance assertions on how much was done, and how much of it failed. Rates are percent: 5 is 5 %. */
import { assertLimit, PerformanceAssertion } from './performance-assertion.ts';
import type { PerformanceMetrics } from './performance-metrics.ts';

/** At least so many requests per second. */
export class ThroughputAssertion extends PerformanceAssertion {
  readonly minRps: number;

  constructor(minRps: number, message = '') {
    super(message);
    this.minRps = assertLimit('minRps', minRps);
  }

  override checkMetrics({ requestsPerSecond }: PerformanceMetrics): boolean {
    return (requestsPerSecond ?? 0) >= this.minRps;
  }

  protected override describe({ requestsPerSecond }: PerformanceMetrics): string {
    return `Throughput ${(requestsPerSecond ?? 0).toFixed(2)} RPS is below minimum ${this.minRps} RPS`;
  }
}

/** At most so many percent of the requests failed; without requests it passes. */
export class ErrorRateAssertion extends PerformanceAssertion {
  readonly maxErrorRate: number;

  constructor(maxErrorRate: number, message = '') {
    super(message);
    this.maxErrorRate = assertLimit('maxErrorRate', maxErrorRate, 100);
  }

  override checkMetrics({ failedRequests, totalRequests }: PerformanceMetrics): boolean {
    return toPercent(failedRequests, totalRequests, 0) <= this.maxErrorRate;
  }

  protected override describe({ failedRequests, totalRequests }: PerformanceMetrics): string {
    return `Error rate ${toPercent(failedRequests, totalRequests, 0).toFixed(2)}% exceeds limit ${this.maxErrorRate}%`;
  }
}

/** At least so many percent of the requests succeeded; without requests it passes. */
export class SuccessRateAssertion extends PerformanceAssertion {
  readonly minSuccessRate: number;

  constructor(minSuccessRate: number, message = '') {
    super(message);
    this.minSuccessRate = assertLimit('minSuccessRate', minSuccessRate, 100);
  }

  override checkMetrics({ successfulRequests, totalRequests }: PerformanceMetrics): boolean {
    return toPercent(successfulRequests, totalRequests, 100) >= this.minSuccessRate;
  }

  protected override describe({ successfulRequests, totalRequests }: PerformanceMetrics): string {
    return `Success rate ${toPercent(successfulRequests, totalRequests, 100).toFixed(2)}% is below minimum ${this.minSuccessRate}%`;
  }
}

/** At least so many requests in all. */
export class TotalRequestsAssertion extends PerformanceAssertion {
  readonly minRequests: number;

  constructor(minRequests: number, message = '') {
    super(message);
    this.minRequests = assertLimit('minRequests', minRequests);
  }

  override checkMetrics({ totalRequests }: PerformanceMetrics): boolean {
    return (totalRequests ?? 0) >= this.minRequests;
  }

  protected override describe({ totalRequests }: PerformanceMetrics): string {
    return `Total requests ${totalRequests ?? 0} is below minimum ${this.minRequests}`;
  }
}

type Count = number | null | undefined;

function toPercent(part: Count, all: Count, ofNothing: number): number {
  return all ? ((part ?? 0) / all) * 100 : ofNothing;
}
