/**
 * The figures of a run as Prometheus has them: counters that only grow, gauges, and one real histogram, so that
 * percentiles can be computed over any time and any steps. Series are bounded whatever the scenario and the server do.
 */
import { Histogram } from '../../record/histogram.ts';
import type { Recorder } from '../../record/recorder.ts';
import { NO_RESPONSE, OTHER_STATUS, type StepRecorder } from '../../record/step-recorder.ts';
import type { LoadProgress } from '../../run/progress.ts';
import { toSlotWidth } from '../slot-width.ts';
import { toCustomFamilies } from './custom-families.ts';

export interface Sample {
  /** Of the family, with `_bucket`, `_sum` or `_count` for a histogram or summary. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Upper bounds in seconds, from 100 µs to a minute. */
const BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
/** Steps beyond share a name: 200 of them are some 4,000 series of the histogram. */
const MAX_STEPS = 200;
const OTHER_STEPS = '(other steps)';

/** A step by its name and its scenario: other tags would multiply the series. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly steps: StepRecorder[];
}

export function toMetricFamilies(recorder: Recorder, look: LoadProgress | null): MetricFamily[] {
  const groups = groupSteps(recorder.steps);
  return [
    counter(
      'loadspiker_requests_total',
      'Requests that ended, by step and status.',
      listRequests(groups, false),
    ),
    counter(
      'loadspiker_requests_failed_total',
      'Requests that failed, by step and status.',
      listRequests(groups, true),
    ),
    {
      name: 'loadspiker_response_time_seconds',
      type: 'histogram',
      help: 'Response times from the intended start.',
      samples: groups.flatMap((group) => toHistogram('loadspiker_response_time_seconds', group)),
    },
    counter(
      'loadspiker_bytes_sent_total',
      'Bytes sent.',
      sumOf(groups, (step) => step.bytesSent),
    ),
    counter(
      'loadspiker_bytes_received_total',
      'Bytes received.',
      sumOf(groups, (step) => step.bytesReceived),
    ),
    single('counter', 'loadspiker_iterations_total', 'Iterations that ended.', recorder.iterations),
    single(
      'counter',
      'loadspiker_iterations_dropped_total',
      'Iterations that were due while all users were busy.',
      recorder.starts.dropped,
    ),
    single(
      'counter',
      'loadspiker_exceptions_total',
      "Exceptions of the scenario's own code.",
      countExceptions(recorder),
    ),
    single(
      'counter',
      'loadspiker_connections_opened_total',
      'Connections opened.',
      recorder.connectionsOpened,
    ),
    single('gauge', 'loadspiker_active_users', 'Users at work.', look?.activeUsers ?? 0),
    single(
      'gauge',
      'loadspiker_elapsed_seconds',
      'Time since the start of the load.',
      (look?.elapsedMs ?? 0) / 1000,
    ),
    ...toCustomFamilies(recorder.metrics),
  ];
}

function groupSteps(steps: readonly StepRecorder[]): Group[] {
  const groups = new Map<string, Group>();
  for (const step of steps) {
    const scenario = step.tags.scenario ?? '';
    const key = JSON.stringify([step.name, scenario]);
    const isKept = groups.has(key) || groups.size < MAX_STEPS;
    const labels = isKept ? toLabels(step.name, scenario) : { step: OTHER_STEPS };
    const kept = isKept ? key : OTHER_STEPS;
    const group = groups.get(kept) ?? { labels, steps: [] };
    group.steps.push(step);
    groups.set(kept, group);
  }
  return [...groups.values()];
}

/** Prometheus takes an empty label for one that is not there. */
function toLabels(step: string, scenario: string): Record<string, string> {
  return scenario === '' ? { step } : { step, scenario };
}

function counter(name: string, help: string, samples: readonly Omit<Sample, 'name'>[]): MetricFamily {
  return { name, type: 'counter', help, samples: samples.map((sample) => ({ name, ...sample })) };
}

function single(type: 'counter' | 'gauge', name: string, help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ name, labels: {}, value }] };
}

/** All or the failed ones; a status that has failed and succeeded has one series in each. */
function listRequests(groups: readonly Group[], failedOnly: boolean): Omit<Sample, 'name'>[] {
  return groups.flatMap(({ labels, steps }) => {
    const counts = new Map<string, number>();
    for (const { status, failed, times } of steps.flatMap(({ outcomes }) => outcomes)) {
      const label = toStatusLabel(status);
      // A series begins with 0, so that its first increase is one.
      counts.set(label, (counts.get(label) ?? 0) + (failedOnly && !failed ? 0 : times.count));
    }
    return Array.from(counts, ([status, value]) => ({ labels: { ...labels, status }, value }));
  });
}

function toStatusLabel(status: number): string {
  if (status === NO_RESPONSE) return 'none';
  return status === OTHER_STATUS ? 'other' : String(status);
}

function toHistogram(name: string, { labels, steps }: Group): Sample[] {
  const times = new Histogram();
  for (const outcome of steps.flatMap(({ outcomes }) => outcomes)) times.merge(outcome.times);
  // Three digits: what cannot be told from a bound is within it.
  const slots = times.slots().map(([upToUs, count]) => [upToUs - toSlotWidth(upToUs) + 1, count] as const);
  let next = 0;
  let seen = 0;
  const buckets = BOUNDS.map((bound): Sample => {
    for (let slot = slots[next]; slot && slot[0] <= Math.round(bound * 1e6); slot = slots[next]) {
      seen += slot[1];
      next += 1;
    }
    return { name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: seen };
  });
  return [
    ...buckets,
    { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: times.count },
    { name: `${name}_sum`, labels, value: times.sumUs / 1e6 },
    { name: `${name}_count`, labels, value: times.count },
  ];
}

function sumOf(groups: readonly Group[], of: (step: StepRecorder) => number): Omit<Sample, 'name'>[] {
  return groups.map(({ labels, steps }) => ({
    labels,
    value: steps.reduce((sum, step) => sum + of(step), 0),
  }));
}

function countExceptions({ exceptions }: Recorder): number {
  return exceptions.reduce((sum, [, , count]) => sum + count, 0);
}
