/** All thresholds of a run: its own, and those that its scenarios bring along. */
import { prepareThresholds } from './prepare-thresholds.ts';
import type { Threshold, Thresholds } from './threshold.ts';
import type { MetricKinds } from './threshold-metrics.ts';

/** One of the loads of a run. */
export interface ThresholdOwner {
  /** Empty where it is the only one. */
  readonly name: string;
  readonly scenario: {
    readonly thresholds?: Thresholds | undefined;
    readonly metrics?: MetricKinds | undefined;
  } | null;
}

export interface GatheredThresholds {
  readonly thresholds: readonly Threshold[];
  /** What the scenarios declare. */
  readonly metrics: MetricKinds;
}

/**
 * Where several scenarios run at once, those of one are judged by what is its own. Throws a TypeError or RangeError that
 * says what is wrong with which.
 */
export function gatherThresholds(
  ofRun: Thresholds | undefined,
  owners: readonly ThresholdOwner[],
): GatheredThresholds {
  const metrics = joinMetrics(owners);
  const thresholds = [
    ...prepareThresholds(ofRun ?? {}, metrics),
    ...owners.flatMap(({ name, scenario }) => {
      const own = prepareThresholds(scenario?.thresholds ?? {}, scenario?.metrics);
      return name === '' ? own : own.map((threshold) => limitTo(threshold, name));
    }),
  ];
  return { thresholds, metrics };
}

function joinMetrics(owners: readonly ThresholdOwner[]): MetricKinds {
  const joined = new Map<string, MetricKinds[string]>();
  for (const [name, kind] of owners.flatMap(({ scenario }) => Object.entries(scenario?.metrics ?? {}))) {
    const known = joined.get(name);
    if (known !== undefined && known !== kind) {
      throw new RangeError(
        `expected the scenarios to agree on the metric "${name}", got a ${known} and a ${kind}`,
      );
    }
    joined.set(name, kind);
  }
  return Object.fromEntries(joined);
}

function limitTo(threshold: Threshold, scenario: string): Threshold {
  const { tags, metric } = threshold;
  if (tags.scenario !== undefined) return threshold;
  const tag = `scenario:${/^[\w -]+$/.test(scenario) ? scenario : JSON.stringify(scenario)}`;
  return {
    ...threshold,
    tags: { ...tags, scenario },
    metric: metric.endsWith('}') ? `${metric.slice(0, -1)},${tag}}` : `${metric}{${tag}}`,
  };
}
