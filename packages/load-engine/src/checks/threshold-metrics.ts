/** What thresholds can be on: the engine's own figures under the names that k6 gave them, and the scenario's metrics. */
import {
  CHECKS,
  DROPPED_ITERATIONS,
  GROUP_DURATION,
  ITERATION_DURATION,
  ITERATIONS,
} from '../record/custom-metrics.ts';
import type { MetricKind } from '../record/metric-series.ts';

export interface ThresholdMetric {
  readonly kind: MetricKind;
  /** Its values are milliseconds. */
  readonly isTime: boolean;
  /** What tags can limit it to: single requests, whole steps, or one of several loads. */
  readonly limitedTo: 'requests' | 'steps' | 'scenarios';
}

const TIME: ThresholdMetric = { kind: 'trend', isTime: true, limitedTo: 'requests' };
const RATE: ThresholdMetric = { kind: 'rate', isTime: false, limitedTo: 'requests' };
const COUNT: ThresholdMetric = { kind: 'counter', isTime: false, limitedTo: 'requests' };

/** The metrics that a scenario declares, by name. */
export type MetricKinds = Readonly<Record<string, MetricKind>>;

const OWN = {
  /** Response times, from the intended start. */
  http_req_duration: TIME,
  /** Service times, from the actual start. */
  http_req_service: TIME,
  http_req_failed: RATE,
  http_reqs: COUNT,
  data_sent: { ...COUNT, limitedTo: 'steps' },
  data_received: { ...COUNT, limitedTo: 'steps' },
  [ITERATION_DURATION]: { ...TIME, limitedTo: 'scenarios' },
  [ITERATIONS]: { ...COUNT, limitedTo: 'scenarios' },
  [DROPPED_ITERATIONS]: { ...COUNT, limitedTo: 'scenarios' },
  [CHECKS]: RATE,
  [GROUP_DURATION]: TIME,
} as const satisfies Readonly<Record<string, ThresholdMetric>>;

export type OwnMetric = keyof typeof OWN;

const OWN_METRICS = Object.keys(OWN) as readonly OwnMetric[];

/** Beside step and tags, what is known of each request. */
export const REQUEST_FACTS: readonly string[] = ['status', 'failed', 'expected_response'];

/** What k6 measures and this engine does not: a threshold on it would never have data. */
const FOREIGN = /^(?:http_|ws_|grpc_|browser_|vus$|vus_max$|iteration|data_)/;
const NAME = /^[A-Za-z_]\w{0,127}$/;

export function isOwnMetric(name: string): name is OwnMetric {
  return Object.hasOwn(OWN, name);
}

/** Null for a metric of the scenario's own. Throws a RangeError for a name that no metric has. */
export function findThresholdMetric(name: string): ThresholdMetric | null {
  if (isOwnMetric(name)) return OWN[name];
  assertMetricName(name);
  return null;
}

/** Throws a RangeError for a name that no metric of a scenario may have. */
export function assertMetricName(name: string): void {
  if (!NAME.test(name)) {
    throw new RangeError(
      `expected the name of a metric, of letters, digits and _, such as ${OWN_METRICS[0]}, got "${name}"`,
    );
  }
  if (isOwnMetric(name) || FOREIGN.test(name)) {
    throw new RangeError(
      `the engine has no metric "${name}" that a scenario could count; its own are ${OWN_METRICS.join(', ')}`,
    );
  }
}
