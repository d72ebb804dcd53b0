/** The documented load patterns: how many users for how many seconds, one step after the other. */

/** So many users for so many seconds. */
type LoadStep = readonly [users: number, seconds: number];

/** What `pattern` of a load takes. */
export type LoadPattern = Generator<LoadStep, void, void>;

const RAMP_STEP_SECONDS = 5;

export interface RampUpOptions {
  /** Seconds that each step lasts (default 5). */
  readonly stepDuration?: number | undefined;
}

/**
 * From `startUsers` to `endUsers` in even steps; seconds that fill no step are a last, shorter one. The last step always
 * has `endUsers`. Throws a RangeError for a value that does not fit.
 */
export function rampUp(
  startUsers: number,
  endUsers: number,
  duration: number,
  { stepDuration = RAMP_STEP_SECONDS }: RampUpOptions = {},
): LoadPattern {
  assertUsers('startUsers', startUsers);
  assertUsers('endUsers', endUsers);
  assertSeconds('duration', duration);
  assertSeconds('stepDuration', stepDuration);
  return climb(startUsers, endUsers, duration, stepDuration);
}

/** Half of the base duration, the spike, the other half with the odd second. */
export function spikeTest(
  baseUsers: number,
  spikeUsers: number,
  spikeDuration: number,
  baseDuration: number,
): LoadPattern {
  assertUsers('baseUsers', baseUsers);
  assertUsers('spikeUsers', spikeUsers);
  assertSeconds('spikeDuration', spikeDuration);
  assertSeconds('baseDuration', baseDuration);
  const before = Math.floor(baseDuration / 2);
  return list([baseUsers, before], [spikeUsers, spikeDuration], [baseUsers, baseDuration - before]);
}

/** The same users all the time. */
export function constantLoad(users: number, duration: number): LoadPattern {
  assertUsers('users', users);
  assertSeconds('duration', duration);
  return list([users, duration]);
}

export interface StressTestOptions {
  /** Users that each step adds (default 10). */
  readonly stepSize?: number | undefined;
  /** Seconds that each step lasts (default 30). */
  readonly stepDuration?: number | undefined;
}

/** More users with each step, up to `maxUsers`. */
export function stressTest(
  maxUsers: number,
  { stepSize = 10, stepDuration = 30 }: StressTestOptions = {},
): LoadPattern {
  assertUsers('maxUsers', maxUsers);
  assertUsers('stepSize', stepSize, 1);
  assertSeconds('stepDuration', stepDuration);
  return step(maxUsers, stepSize, stepDuration);
}

function* climb(startUsers: number, endUsers: number, duration: number, stepDuration: number): LoadPattern {
  const steps = Math.floor(duration / stepDuration);
  const rest = duration - steps * stepDuration;
  const rising = rest > 0 ? steps : steps - 1;
  for (let index = 0; index < rising; index += 1) {
    yield [Math.trunc(startUsers + (index * (endUsers - startUsers)) / steps), stepDuration];
  }
  yield [endUsers, rest > 0 ? rest : stepDuration];
}

function* step(maxUsers: number, stepSize: number, stepDuration: number): LoadPattern {
  for (let users = stepSize; users <= maxUsers; users += stepSize) yield [users, stepDuration];
}

function* list(...steps: LoadStep[]): LoadPattern {
  yield* steps;
}

function assertUsers(name: string, users: number, lowest = 0): void {
  if (Number.isInteger(users) && users >= lowest) return;
  throw new RangeError(`expected ${name} to be a whole number from ${lowest} on, got ${String(users)}`);
}

function assertSeconds(name: string, seconds: number): void {
  if (typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds)) return;
  throw new RangeError(`expected ${name} to be a number of seconds above 0, got ${String(seconds)}`);
}
