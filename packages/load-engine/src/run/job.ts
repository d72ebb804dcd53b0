/** What a thread is given to do: plain data, so that it can cross to the thread. */
import type { Wait } from '../durations.ts';
import type { LoadPlan } from '../plan/plan.ts';
import type { Tags } from '../record/step-recorder.ts';
import type { ScenarioOptions } from '../scenario/define.ts';
import type { RunSettings } from './run-settings.ts';

/** The same request over and over. */
export interface PlainSource {
  readonly kind: 'plain';
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array | undefined;
  /** Statuses that count as a success; any 2xx if absent. */
  readonly expect: readonly number[] | undefined;
  /** The step's name. */
  readonly name: string;
}

/** A scenario in code. */
export interface ScenarioSource {
  readonly kind: 'scenario';
  /** The file that each thread imports; null for an object, whose functions cannot cross threads. */
  readonly file: string | null;
  readonly baseUrl: string;
  readonly options: ScenarioOptions;
  readonly wait: Wait;
  /** What setup returned. */
  readonly shared: unknown;
}

/** One of the loads that a run consists of. */
export interface PartJob {
  readonly source: PlainSource | ScenarioSource;
  readonly plan: LoadPlan;
  /** When it starts, from the start of the run. */
  readonly startMs: number;
  /** Of all its steps. */
  readonly tags: Tags;
  readonly seed: number;
  /** Counts the iterations started by all threads, where the plan limits them. */
  readonly iterations: SharedArrayBuffer | null;
}

export interface LoadJob {
  readonly parts: readonly PartJob[];
  readonly thread: number;
  readonly threads: number;
  readonly settings: RunSettings;
}
