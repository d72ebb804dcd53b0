/** Thresholds that can be judged: read, and on metrics that there are. */
import { assertAskable } from './parse-expression.ts';
import { parseThresholds, type Threshold, type Thresholds } from './threshold.ts';
import { findThresholdMetric, type MetricKinds } from './threshold-metrics.ts';

/**
 * Reads thresholds on the engine's own metrics and on the declared ones. Throws a TypeError or RangeError that says what
 * is wrong with which: also for a metric that nobody declares, which would never have data.
 */
export function prepareThresholds(thresholds: Thresholds, declared: MetricKinds = {}): Threshold[] {
  const prepared = parseThresholds(thresholds);
  for (const threshold of prepared) assertDeclared(threshold, declared);
  return prepared;
}

function assertDeclared(threshold: Threshold, declared: MetricKinds): void {
  const { name, text } = threshold;
  if (findThresholdMetric(name) !== null) return;
  const kind = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (kind === undefined) {
    const known = Object.keys(declared);
    const list = known.length === 0 ? 'it declares none' : `it declares ${known.join(', ')}`;
    throw new RangeError(
      `the threshold "${text}" is on "${name}", which is no metric of the engine or the scenario: ${list}`,
    );
  }
  // The unit of a trend is the scenario's: its milliseconds are as good as ours.
  assertAskable(text, threshold, { name, kind, isTime: kind === 'trend' });
}
