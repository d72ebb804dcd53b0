/** What `engine.runScenario` is told, in the words of the document, and the load that it comes to. */
import type { ScenarioLoad } from '../run/load-options.ts';
import type { Scenario } from '../scenario/define.ts';
import { assertCount, assertSeconds } from './parameters.ts';
import type { RunReporter } from './run-reporters.ts';

/** A file that every thread imports, or what `defineScenario` made, which then runs on the caller's event loop. */
export type RunnableScenario = string | Scenario;

/** Options of a load that are the same here. */
type Passed = Pick<
  ScenarioLoad,
  'host' | 'options' | 'env' | 'wait' | 'seed' | 'httpDebug' | 'requestTimeoutMs' | 'graceMs'
>;

export interface RunScenarioOptions extends Passed {
  /** Virtual users, each in a loop of its own (default 10). */
  readonly users?: number | undefined;
  /** In seconds, the ramp included (default 60). */
  readonly duration?: number | undefined;
  /** In how many seconds the users start, evenly spaced (default 0: all at once). */
  readonly rampUpDuration?: number | undefined;
  /** So many users for so many seconds, one after the other; takes the place of the three above. */
  readonly pattern?: Iterable<readonly [users: number, seconds: number]> | undefined;
  /** Told of the run from its start to its end. */
  readonly reporters?: readonly RunReporter[] | undefined;
}

/** Throws a TypeError or RangeError that names what was expected and what came. */
export function toScenarioLoad(scenario: RunnableScenario, options: RunScenarioOptions): ScenarioLoad {
  const { host, options: own, env, wait, seed, httpDebug, requestTimeoutMs, graceMs } = options;
  return {
    scenario,
    host,
    options: own,
    env,
    wait,
    seed,
    httpDebug,
    requestTimeoutMs,
    graceMs,
    ...toShape(options),
  };
}

function toShape(
  options: RunScenarioOptions,
): Pick<ScenarioLoad, 'users' | 'durationMs' | 'spawnRate' | 'pattern'> {
  const { pattern, users, duration, rampUpDuration } = options;
  if (pattern === undefined) return toConstantShape(users, duration, rampUpDuration);
  if ((users ?? duration ?? rampUpDuration) !== undefined)
    throw new TypeError('Expected either pattern or users, duration and rampUpDuration, got both.');
  return { pattern };
}

function toConstantShape(users = 10, duration = 60, rampUpDuration = 0) {
  assertCount('users', users);
  assertSeconds('duration', duration);
  assertSeconds('rampUpDuration', rampUpDuration, true);
  return {
    users,
    durationMs: duration * 1000,
    spawnRate: rampUpDuration === 0 ? Number.POSITIVE_INFINITY : users / rampUpDuration,
  };
}
