/** Everything of the performance assertions that is public. */
export { PerformanceAssertion } from './performance-assertion.ts';
export { CustomPerformanceAssertion } from './performance-custom.ts';
export {
  avgResponseTimeUnder,
  customPerformanceAssertion,
  errorRateBelow,
  maxResponseTimeUnder,
  p95ResponseTimeUnder,
  p99ResponseTimeUnder,
  percentileResponseTimeUnder,
  successRateAtLeast,
  throughputAtLeast,
  totalRequestsAtLeast,
} from './performance-factories.ts';
export { PerformanceAssertionGroup, runPerformanceAssertions } from './performance-group.ts';
export { type PerformanceMetrics, toPerformanceMetrics } from './performance-metrics.ts';
export {
  ErrorRateAssertion,
  SuccessRateAssertion,
  ThroughputAssertion,
  TotalRequestsAssertion,
} from './performance-rates.ts';
export {
  AverageResponseTimeAssertion,
  MaxResponseTimeAssertion,
  PercentileAssertion,
} from './performance-times.ts';
