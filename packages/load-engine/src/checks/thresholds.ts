/** Thresholds: what must hold of the figures of a run, in k6's words. */
export { describeResult, ThresholdWatch } from './evaluate-thresholds.ts';
export { type GatheredThresholds, gatherThresholds } from './gather-thresholds.ts';
export { prepareThresholds } from './prepare-thresholds.ts';
export type { ThresholdEntry, ThresholdOptions, Thresholds } from './threshold.ts';
export { assertMetricName, type MetricKinds } from './threshold-metrics.ts';
export { joinThresholds, parseThresholdText } from './threshold-text.ts';
