/** Thresholds: what must hold of the figures of a run, in k6's words. */
export { describeResult, evaluateThresholds, ThresholdWatch } from './evaluate-thresholds.ts';
export { type GatheredThresholds, gatherThresholds } from './gather-thresholds.ts';
export { prepareThresholds } from './prepare-thresholds.ts';
export type { Threshold, ThresholdEntry, ThresholdOptions, Thresholds } from './threshold.ts';
export { assertMetricName, type MetricKinds } from './threshold-metrics.ts';
export type { ThresholdSource } from './threshold-source.ts';
export { joinThresholds, parseThresholdText } from './threshold-text.ts';
