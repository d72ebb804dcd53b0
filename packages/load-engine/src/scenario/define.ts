/** Scenarios in code: what each virtual user does, written as ordinary async functions. */
import {
  assertMetricName,
  type MetricKinds,
  prepareThresholds,
  type Thresholds,
} from '../checks/thresholds.ts';
import { assertWait, type Wait } from '../durations.ts';
import { LoadEngineError, toMessage } from '../errors.ts';
import { METRIC_KINDS } from '../record/metric-series.ts';
import type { Tags } from '../record/step-recorder.ts';
import type { RunSummary } from '../report/summary.ts';
import type { NoMetrics } from './metric-handles.ts';
import type { RunContext, VirtualUser } from './user.ts';

/** Options have defaults, whose types they keep: `--option name=value` overrides them by name. */
export type ScenarioOptions = Readonly<Record<string, string | number | boolean>>;

export interface Task<
  Options extends ScenarioOptions,
  Shared,
  State,
  Metrics extends MetricKinds = NoMetrics,
> {
  /** Names the task where its own code fails. */
  readonly name: string;
  /** How often it is drawn, relative to the other tasks (default 1). */
  readonly weight?: number;
  /** Of its requests, checks and metrics. */
  readonly tags?: Tags;
  readonly run: (user: VirtualUser<Options, Shared, State, Metrics>) => Promise<unknown> | unknown;
}

export interface ScenarioDefinition<
  Options extends ScenarioOptions,
  Shared,
  State,
  Metrics extends MetricKinds = NoMetrics,
> {
  readonly name: string;
  readonly options?: Options;
  /** The pause of a user between two tasks (default none); `--wait` overrides it. */
  readonly wait?: Wait;
  /** What it counts beside its requests: `{ orders: 'counter' }` makes `user.metrics.orders.add(1)`. */
  readonly metrics?: Metrics;
  /** What must hold of the figures of a run: `{ http_req_duration: ['p(95)<300'] }`. */
  readonly thresholds?: Thresholds;
  /** Folds ids in paths into `{id}` where a request has no name (default true). */
  readonly foldIds?: boolean;
  /** What each user carries along: its own token, cart, counter. */
  readonly state?: () => State;
  /**
   * Runs once, before the first user starts. What it returns is every user's `shared`; it crosses threads, so it
   * must be plain data.
   */
  readonly setup?: (run: RunContext<Options, Metrics>) => Promise<Shared> | Shared;
  /** Runs once per user, before its first task. */
  readonly onStart?: (user: VirtualUser<Options, Shared, State, Metrics>) => Promise<unknown> | unknown;
  readonly tasks: readonly Task<Options, Shared, State, Metrics>[];
  /** Runs once, after the last user ended. */
  readonly teardown?: (run: RunContext<Options, Metrics>) => Promise<unknown> | unknown;
  /** Lines to print under the summary; it sees the final figures. */
  readonly report?: (
    summary: RunSummary,
    run: RunContext<Options, Metrics>,
  ) => Promise<readonly string[]> | readonly string[];
}

const BRAND: unique symbol = Symbol.for('loadspiker.scenario') as never;

/** A checked scenario, ready to run; made by `defineScenario`. */
export interface Scenario extends ScenarioDefinition<ScenarioOptions, unknown, unknown, MetricKinds> {
  readonly [BRAND]: true;
}

/**
 * Checks a scenario and makes it runnable. Export it as default from a file for `loadspiker run FILE`, or pass it
 * to `runLoad`. Throws a LoadEngineError `scenario-invalid` that says what is wrong.
 */
export function defineScenario<
  Options extends ScenarioOptions = Record<never, never>,
  Shared = undefined,
  State = undefined,
  Metrics extends MetricKinds = NoMetrics,
>(definition: ScenarioDefinition<Options, Shared, State, Metrics>): Scenario {
  if (typeof definition?.name !== 'string' || definition.name === '') throw invalid('it needs a name');
  if (!Array.isArray(definition.tasks) || definition.tasks.length === 0)
    throw invalid('it needs at least one task');
  for (const task of definition.tasks) assertTask(task);
  if (!definition.tasks.some((task) => (task.weight ?? 1) > 0))
    throw invalid('at least one task needs a weight above 0');
  if (definition.wait) assertWait(definition.wait);
  assertMeasures(definition.metrics ?? {}, definition.thresholds ?? {});
  return { ...definition, [BRAND]: true } as unknown as Scenario;
}

/** Also true for a scenario that another copy of this package has made. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Unlike an option of a run, what is wrong in a scenario is the scenario's fault. */
function assertMeasures(metrics: MetricKinds, thresholds: Thresholds): void {
  try {
    for (const [name, kind] of Object.entries(metrics)) {
      assertMetricName(name);
      if (!METRIC_KINDS.includes(kind)) {
        throw new TypeError(
          `expected the metric "${name}" to be one of ${METRIC_KINDS.join(', ')}, got ${String(kind)}`,
        );
      }
    }
    prepareThresholds(thresholds, metrics);
  } catch (cause) {
    throw invalid(toMessage(cause), cause);
  }
}

function assertTask(task: Task<never, never, never>): void {
  if (typeof task?.name !== 'string' || task.name === '') throw invalid('every task needs a name');
  if (typeof task.run !== 'function') throw invalid(`the task "${task.name}" needs a function "run"`);
  const weight = task.weight ?? 1;
  if (!(Number.isFinite(weight) && weight >= 0)) {
    throw invalid(`the weight of the task "${task.name}" must be 0 or more, got ${String(weight)}`);
  }
}

function invalid(reason: string, cause?: unknown): LoadEngineError {
  return new LoadEngineError('scenario-invalid', `The scenario cannot run: ${reason}.`, { cause });
}
