/**
 * Everything that one thread, or the whole run, has counted. A thread records into its own and hands over what
 * is new at each interval; the coordinator merges. Histograms are merged, percentiles never averaged.
 *
 * Memory is bounded whatever the server and the scenario do: the number of steps, of statuses in a step and of
 * different errors is capped, and what goes beyond is counted under one name.
 */
import { CustomMetrics } from './custom-metrics.ts';
import { Histogram } from './histogram.ts';
import type { SeriesDelta } from './metric-series.ts';
import { type StartDelta, StartRecorder } from './start-recorder.ts';
import { type ErrorBudget, type StepDelta, StepRecorder, type Tags } from './step-recorder.ts';

const MAX_STEPS = 500;
const MAX_ERRORS = 500;
export const OTHER_STEPS = '(other steps)';
export const OTHER_ERRORS = '(other errors)';
const NO_TAGS: Tags = {};

/** What was counted in an interval; the buffers in it are transferred between threads. */
export interface RecorderDelta {
  readonly steps: readonly StepDelta[];
  readonly connectionsOpened: number;
  readonly iterations: number;
  /** Null where none was timed. */
  readonly iterationTimes: ArrayBuffer | null;
  readonly starts: StartDelta;
  /** Exceptions of the scenario's own code, by task. */
  readonly exceptions: readonly (readonly [task: string, message: string, count: number])[];
  readonly metrics: readonly SeriesDelta[];
}

export class Recorder {
  /** Connections opened for requests, those of failed attempts included. */
  connectionsOpened = 0;
  /** Requests of a plain loop, or runs of a scenario's tasks. */
  iterations = 0;
  /** Of whole iterations, from their intended start; those of a plain loop are its requests, and not timed twice. */
  readonly iterationTimes = new Histogram();
  readonly starts = new StartRecorder();
  readonly metrics = new CustomMetrics();
  readonly #steps = new Map<string, StepRecorder>();
  readonly #exceptions = new Map<string, StepRecorder>();
  #errorCount = 0;
  readonly #budget: ErrorBudget = {
    admit: (message) => {
      if (this.#errorCount >= MAX_ERRORS) return OTHER_ERRORS;
      this.#errorCount += 1;
      return message;
    },
  };

  /** The recorder of a step with these tags; keep it where the same step is recorded often. */
  step(name: string, tags: Tags = NO_TAGS): StepRecorder {
    return this.#getOrAdd(this.#steps, name, tags);
  }

  get steps(): readonly StepRecorder[] {
    return [...this.#steps.values()];
  }

  /** Counts an exception that a task of the scenario threw. */
  recordException(task: string, message: string, count = 1): void {
    this.#getOrAdd(this.#exceptions, task).countError(message, count);
  }

  get exceptions(): readonly (readonly [task: string, message: string, count: number])[] {
    return [...this.#exceptions.values()].flatMap(({ name, errors }) =>
      [...errors].map(([message, count]) => [name, message, count] as const),
    );
  }

  /** What was counted since the last call. */
  takeDelta(): RecorderDelta {
    const delta = {
      steps: this.steps.map((step) => step.takeDelta()).filter((step) => step !== null),
      connectionsOpened: this.connectionsOpened,
      iterations: this.iterations,
      iterationTimes: this.iterationTimes.count > 0 ? this.iterationTimes.toBuffer() : null,
      starts: this.starts.takeDelta(),
      exceptions: this.exceptions,
      metrics: this.metrics.takeDelta(),
    };
    this.connectionsOpened = 0;
    this.iterations = 0;
    this.iterationTimes.clear();
    this.#exceptions.clear();
    this.#errorCount = 0;
    return delta;
  }

  merge(delta: RecorderDelta): void {
    for (const step of delta.steps) this.step(step.name, step.tags).merge(step);
    for (const [task, message, count] of delta.exceptions) this.recordException(task, message, count);
    this.connectionsOpened += delta.connectionsOpened;
    this.iterations += delta.iterations;
    if (delta.iterationTimes !== null) this.iterationTimes.mergeBuffer(delta.iterationTimes);
    this.starts.merge(delta.starts);
    this.metrics.merge(delta.metrics);
  }

  #getOrAdd(all: Map<string, StepRecorder>, name: string, tags: Tags = NO_TAGS): StepRecorder {
    const key = toKey(name, tags);
    const existing = all.get(key);
    if (existing) return existing;
    if (all.size >= MAX_STEPS && key !== OTHER_STEPS) return this.#getOrAdd(all, OTHER_STEPS);
    const step = new StepRecorder(name, tags, this.#budget);
    all.set(key, step);
    return step;
  }
}

/** The name alone where there are no tags, which is the hot path. */
function toKey(name: string, tags: Tags): string {
  let key = name;
  for (const tag in tags) key += `\0${tag}\0${tags[tag]}`;
  return key;
}

/** The buffers to hand over, not copy, when a delta is posted to another thread. */
export function transferablesOf(delta: RecorderDelta): ArrayBuffer[] {
  const times = delta.steps.flatMap((step) => step.outcomes.flatMap((each) => [each.times, each.service]));
  return [...times, delta.iterationTimes, delta.starts.lateness].filter((buffer) => buffer !== null);
}
