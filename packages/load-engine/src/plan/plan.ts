/** The load of a run, settled before its first request: how many users, when each starts, when all end. */

/** What a caller asks for; times in milliseconds, the spawn rate in users per second. */
export interface PlanOptions {
  /** Virtual users, each in a loop of its own (default 1). */
  readonly users?: number | undefined;
  /** Users started per second, evenly spaced; Infinity (the default) starts all at once. */
  readonly spawnRate?: number | undefined;
  /** When users stop, counted from the start of the first one; without it the run goes on until stopped. */
  readonly durationMs?: number | undefined;
  /** Ends the run after so many iterations over all users and threads. */
  readonly iterations?: number | undefined;
  /** How long requests in flight may still finish after the end (default 5,000). */
  readonly graceMs?: number | undefined;
}

export interface LoadPlan {
  readonly users: number;
  readonly spawnRate: number;
  readonly durationMs: number | null;
  readonly iterations: number | null;
  readonly graceMs: number;
}

const MAX_USERS = 1_000_000;
/** Counted in 32 bits, which all threads share. */
const MAX_ITERATIONS = 4_000_000_000;

/** Validates and completes the options. Throws a RangeError that names what was expected and what came. */
export function buildPlan(options: PlanOptions): LoadPlan {
  const { users = 1, spawnRate = Number.POSITIVE_INFINITY, durationMs, iterations, graceMs = 5000 } = options;
  assertWhole('users', users, MAX_USERS);
  if (typeof spawnRate !== 'number' || !(spawnRate > 0)) {
    throw new RangeError(`expected spawnRate to be above 0 users per second, got ${String(spawnRate)}`);
  }
  if (durationMs !== undefined && !(Number.isFinite(durationMs) && durationMs > 0)) {
    throw new RangeError(`expected durationMs to be above 0 milliseconds, got ${String(durationMs)}`);
  }
  if (iterations !== undefined) assertWhole('iterations', iterations, MAX_ITERATIONS);
  if (!(Number.isFinite(graceMs) && graceMs >= 0)) {
    throw new RangeError(`expected graceMs to be 0 or more milliseconds, got ${String(graceMs)}`);
  }
  return { users, spawnRate, durationMs: durationMs ?? null, iterations: iterations ?? null, graceMs };
}

/** When the user of this index (from 0) starts, in milliseconds from the start of the run. */
export function spawnTimeMs(plan: Pick<LoadPlan, 'spawnRate'>, userIndex: number): number {
  return (userIndex * 1000) / plan.spawnRate;
}

/** How many users have started by then. */
export function usersSpawnedBy(plan: Pick<LoadPlan, 'users' | 'spawnRate'>, elapsedMs: number): number {
  if (elapsedMs < 0) return 0;
  if (plan.spawnRate === Number.POSITIVE_INFINITY) return plan.users;
  let spawned = Math.min(plan.users, Math.floor((elapsedMs * plan.spawnRate) / 1000) + 1);
  // The division may round across a start; the starts themselves are the truth.
  while (spawned > 0 && spawnTimeMs(plan, spawned - 1) > elapsedMs) spawned -= 1;
  while (spawned < plan.users && spawnTimeMs(plan, spawned) <= elapsedMs) spawned += 1;
  return spawned;
}

/**
 * The users of one thread, by stride: thread t of n takes t, t + n, t + 2n, …, so that the threads together
 * follow the one schedule exactly, and each has its share of the rate at every moment.
 */
export function usersOfThread(users: number, thread: number, threads: number): number[] {
  const indices: number[] = [];
  for (let index = thread; index < users; index += threads) indices.push(index);
  return indices;
}

function assertWhole(name: string, value: number, highest: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= highest) return;
  throw new RangeError(`expected ${name} to be a whole number from 1 to ${highest}, got ${String(value)}`);
}
