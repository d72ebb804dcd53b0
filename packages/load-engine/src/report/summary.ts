/** The figures of a finished run, from what was recorded. */
import type { ThresholdResult } from '../checks/threshold-result.ts';
import type { CustomMetricSummary } from '../record/custom-metric-summary.ts';
import { Histogram } from '../record/histogram.ts';
import type { Recorder } from '../record/recorder.ts';
import { NO_RESPONSE, OTHER_STATUS, type StepRecorder, type Tags } from '../record/step-recorder.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { Verdict } from '../run/verdict.ts';

/** The percentiles of every report, as Locust prints them. */
export const PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;
const AGGREGATED = 'Aggregated';

/** Response times in milliseconds; null where nothing was measured. */
export interface ResponseTimes {
  readonly minMs: number | null;
  readonly averageMs: number | null;
  readonly maxMs: number | null;
  /** By percentile: `{ '50': 1.2, …, '100': 34 }`. */
  readonly percentilesMs: Readonly<Record<string, number | null>>;
}

/** Its own times are response times: from the intended start, so that a server that stalls is not left out of them. */
export interface StepSummary extends ResponseTimes {
  readonly name: string;
  /** Of the scenario, the group and the request; empty for all steps together. */
  readonly tags: Readonly<Record<string, string>>;
  /** From the actual start. The same where nothing was to start by the clock. */
  readonly service: ResponseTimes;
  readonly requests: number;
  readonly failures: number;
  /** Requests per second over the whole run. */
  readonly requestsPerSecond: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Requests by HTTP status; `none` for those without a response, `other` beyond the limit of different ones. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface ErrorSummary {
  /** The step of a failed request, or the task whose code threw. */
  readonly step: string;
  readonly kind: 'request' | 'exception';
  readonly message: string;
  readonly count: number;
}

/** How many requests took how long: each slot reaches from the one before it to `upToMs`, and only slots in use are there. */
export type Distribution = readonly (readonly [upToMs: number, count: number])[];

/** How the starts kept to their plan. */
export interface StartsSummary {
  /** Planned until the end of the run; null for users in loops, who have no plan but their own. */
  readonly planned: number | null;
  readonly started: number;
  /** Due, and not started: all users were busy. */
  readonly dropped: number;
  /** How late starts were by the generator's own fault; null without any that was planned. */
  readonly latenessP50Ms: number | null;
  readonly latenessP99Ms: number | null;
  readonly latenessMaxMs: number | null;
}

/** How the machine that generated the load fared, the worst of its threads. */
export interface GeneratorSummary {
  readonly threads: number;
  /** Busy share of the event loop, 0–1. */
  readonly utilization: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** CPU time of the process over the run, in cores. */
  readonly cores: number;
  /** Time in garbage collection over all threads, and its longest pause. */
  readonly gcMs: number;
  readonly gcMaxMs: number;
  /** The most sockets that were open at once. */
  readonly socketsMax: number;
  /** Requests that waited for one of a limited number of connections, and the longest of these waits. */
  readonly connectionWaits: number;
  readonly connectionWaitMaxMs: number;
}

/** Why a run ended; `unfinished` is one that goes on, or was killed. */
export type EndReason = 'duration' | 'iterations' | 'interrupted' | 'threshold' | 'crashed' | 'unfinished';

/** What a run was, apart from what it counted. */
export interface RunFacts {
  /** The scenario's name, or the request. */
  readonly name: string;
  readonly target: string;
  /** ISO 8601, from the wall clock; everything else comes from the monotonic one. */
  readonly startedAt: string;
  /** From the start of the first user to the end of the last, in milliseconds. */
  readonly durationMs: number;
  readonly users: number;
  readonly spawnRate: number;
  readonly seed: number;
  readonly endReason: EndReason;
  readonly generator: GeneratorSummary;
  readonly starts: StartsSummary;
  readonly verdict: Verdict;
  readonly events: readonly RunEvent[];
  readonly thresholds: readonly ThresholdResult[];
  readonly metrics: readonly CustomMetricSummary[];
}

export interface RunSummary extends RunFacts {
  /** All steps together: histograms merged, percentiles never averaged. */
  readonly total: StepSummary;
  readonly steps: readonly StepSummary[];
  /** Response times of all steps together. */
  readonly distribution: Distribution;
  /** Iterations from their intended start, pauses included. */
  readonly iterationTimes: ResponseTimes;
  /** Most frequent first. */
  readonly errors: readonly ErrorSummary[];
  /** Exceptions of the scenario's own code. */
  readonly exceptions: number;
  readonly iterations: number;
  readonly connectionsOpened: number;
  readonly warnings: readonly string[];
  /** Lines from the scenario's `report`. */
  readonly report: readonly string[];
}

export function summarize(recorder: Recorder, facts: RunFacts, warnings: readonly string[]): RunSummary {
  const recorded = recorder.steps.filter((step) => step.outcomes.length > 0);
  const seconds = facts.durationMs / 1000;
  const errors = listErrors(recorder, recorded);
  return {
    ...facts,
    total: summarizeSteps(AGGREGATED, recorded, seconds),
    steps: recorded.map((step) => summarizeSteps(step.name, [step], seconds, step.tags)),
    distribution: toDistribution(recorded),
    iterationTimes: toResponseTimes(
      recorder.iterationTimes.count > 0 ? recorder.iterationTimes : mergeTimes(recorded),
    ),
    errors,
    exceptions: errors.reduce((sum, error) => (error.kind === 'exception' ? sum + error.count : sum), 0),
    iterations: recorder.iterations,
    connectionsOpened: recorder.connectionsOpened,
    warnings,
    report: [],
  };
}

/**
 * Whether anything failed: a request, the scenario's own code, or the run itself, which must have come to its end. Where
 * a threshold on `http_req_failed` says how many requests may fail, that decides instead of the first failure.
 */
export function hasFailures(summary: RunSummary): boolean {
  const isWhole = summary.endReason !== 'crashed' && summary.endReason !== 'unfinished';
  const isJudged = summary.thresholds.some(({ metric }) => metric === 'http_req_failed');
  return (summary.total.failures > 0 && !isJudged) || summary.exceptions > 0 || !isWhole;
}

/** Whether a threshold does not hold, or has no data to be judged by. */
export function hasBrokenThresholds({ thresholds }: RunSummary): boolean {
  return thresholds.some(({ outcome }) => outcome !== 'passed');
}

/** Nothing failed, and all thresholds hold. */
export function hasPassed(summary: RunSummary): boolean {
  return !hasFailures(summary) && !hasBrokenThresholds(summary);
}

function toResponseTimes(times: Histogram): ResponseTimes {
  const percentiles = times.percentilesUs(PERCENTILES);
  return {
    minMs: toMs(times.minUs),
    averageMs: toMs(times.meanUs),
    maxMs: toMs(times.maxUs),
    percentilesMs: Object.fromEntries(
      PERCENTILES.map((percent, index) => [percent, toMs(percentiles[index] ?? null)]),
    ),
  };
}

function summarizeSteps(
  name: string,
  steps: readonly StepRecorder[],
  seconds: number,
  tags: Tags = {},
): StepSummary {
  const times = new Histogram();
  const service = new Histogram();
  const statuses: Record<string, number> = {};
  let failures = 0;
  let bytesSent = 0;
  let bytesReceived = 0;
  for (const step of steps) {
    bytesSent += step.bytesSent;
    bytesReceived += step.bytesReceived;
    for (const outcome of step.outcomes) {
      const label = toStatusLabel(outcome.status);
      times.merge(outcome.times);
      service.merge(outcome.service);
      statuses[label] = (statuses[label] ?? 0) + outcome.times.count;
      if (outcome.failed) failures += outcome.times.count;
    }
  }
  const requestsPerSecond = seconds > 0 ? times.count / seconds : 0;
  return {
    name,
    tags,
    requests: times.count,
    failures,
    requestsPerSecond,
    bytesSent,
    bytesReceived,
    statuses,
    ...toResponseTimes(times),
    service: toResponseTimes(service),
  };
}

function mergeTimes(steps: readonly StepRecorder[]): Histogram {
  const times = new Histogram();
  for (const outcome of steps.flatMap((step) => step.outcomes)) times.merge(outcome.times);
  return times;
}

function toDistribution(steps: readonly StepRecorder[]): Distribution {
  return mergeTimes(steps)
    .slots()
    .map(([upToUs, count]) => [upToUs / 1000, count]);
}

function toStatusLabel(status: number): string {
  if (status === NO_RESPONSE) return 'none';
  return status === OTHER_STATUS ? 'other' : String(status);
}

function listErrors(recorder: Recorder, steps: readonly StepRecorder[]): ErrorSummary[] {
  const requests = steps.flatMap(({ name, errors }) =>
    [...errors].map(([message, count]) => ({ step: name, kind: 'request' as const, message, count })),
  );
  const exceptions = recorder.exceptions.map(([step, message, count]) => ({
    step,
    kind: 'exception' as const,
    message,
    count,
  }));
  return [...requests, ...exceptions].sort((left, right) => right.count - left.count);
}

function toMs(microseconds: number | null): number | null {
  return microseconds === null ? null : microseconds / 1000;
}
