export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts';
export { addCounter, addGauge, addGauges, type ReadFamily, type ReadMetric } from './read-metrics.ts';
export { RequestDurations, type RouteDurations, UNMATCHED_ROUTE } from './request-durations.ts';
