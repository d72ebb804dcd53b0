/** Makes the users of one load in one thread, with all that they share prepared. */
import { type ConnectionPool, KEEP_NOTHING, openTarget, renderRequest } from '../http/index.ts';
import { ITERATIONS } from '../record/custom-metrics.ts';
import type { Recorder } from '../record/recorder.ts';
import { combineTags } from '../record/tags.ts';
import type { Gate } from '../run/gate.ts';
import type { HttpDebug } from '../run/http-debug.ts';
import type { LoadJob, PartJob, PlainSource, ScenarioSource } from '../run/job.ts';
import type { Scenario } from '../scenario/define.ts';
import { Targets } from '../scenario/targets.ts';
import { WeightedChoice } from '../scenario/weighted-choice.ts';
import { toStatusTable } from './expectation.ts';
import type { LoadUser, LoadUserListener } from './load-user.ts';
import { PlainUser, type PlainWork } from './plain-user.ts';
import { createScenarioUser, type ScenarioWork } from './scenario-user.ts';

export interface UserFactoryOptions {
  readonly part: PartJob;
  readonly job: Omit<LoadJob, 'parts'>;
  readonly scenario: Scenario | null;
  readonly recorder: Recorder;
  readonly gate: Gate;
  /** Null where their number is not limited. */
  readonly connections: ConnectionPool | null;
  readonly debug: HttpDebug | null;
}

export type UserFactory = (index: number, listener: LoadUserListener) => LoadUser;

/** Throws for a request that cannot be sent. */
export function createUserFactory(options: UserFactoryOptions): UserFactory {
  const { source } = options.part;
  return source.kind === 'plain' ? plainUsers(source, options) : scenarioUsers(source, options);
}

function plainUsers(
  source: PlainSource,
  { part, job, recorder, gate, connections, debug }: UserFactoryOptions,
): UserFactory {
  const target = openTarget(source.url, job.settings);
  const work: PlainWork = {
    target,
    request: renderRequest({
      method: source.method,
      target,
      headers: source.headers,
      ...(source.body === undefined ? {} : { body: source.body }),
    }),
    step: recorder.step(source.name, part.tags),
    recorder,
    expected: toStatusTable(source.expect),
    gate,
    connections,
    debug,
    keep: debug?.keep ?? KEEP_NOTHING,
    iterations: toIterations(part),
  };
  return (_index, listener) => new PlainUser(work, listener);
}

function scenarioUsers(
  source: ScenarioSource,
  { part, job, recorder, scenario, gate, connections, debug }: UserFactoryOptions,
): UserFactory {
  if (scenario === null) throw new TypeError('expected the scenario that the job names');
  const isOneOfSeveral = part.tags.scenario !== undefined;
  if (isOneOfSeveral) recorder.metrics.add(ITERATIONS, 'counter', 0, part.tags);
  const work: ScenarioWork = {
    targets: new Targets(source.baseUrl, job.settings),
    recorder,
    tags: part.tags,
    gate,
    connections,
    debug,
    env: job.settings.env,
    scenario,
    options: source.options,
    wait: source.wait,
    shared: source.shared,
    seed: part.seed,
    choice: new WeightedChoice(scenario.tasks.map((task) => task.weight ?? 1)),
    iterations: toIterations(part),
    metrics: scenario.metrics ?? {},
    foldIds: scenario.foldIds ?? true,
    isOneOfSeveral,
    taskTags: scenario.tasks.map((task) => combineTags(part.tags, task.tags)),
  };
  return (index, listener) => createScenarioUser(work, index, listener);
}

/** Of each user. */
function toIterations({ plan }: PartJob): number {
  return plan.iterationsPerUser ?? Number.POSITIVE_INFINITY;
}
