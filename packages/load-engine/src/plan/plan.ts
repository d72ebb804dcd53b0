/** The load of a run, settled before its first request: who starts when, and when all ends. */
import { countArrivals } from './arrival-schedule.ts';
import { type Segment, type Step, toEndMs, toPeak, toSegments } from './segment.ts';

/** A stretch of a load: in `durationMs` the number of users, or the rate, changes evenly to what is named. */
export type Stage =
  | { readonly durationMs: number; readonly users: number }
  | { readonly durationMs: number; readonly rate: number };

/** What a caller asks for; times in milliseconds, rates per second. */
export interface PlanOptions {
  /** Virtual users, each in a loop of its own (default 1); with stages, those at the begin (default 0). */
  readonly users?: number | undefined;
  /** Users started per second, evenly spaced; Infinity (the default) starts all at once. */
  readonly spawnRate?: number | undefined;
  /** When the load ends, counted from its start; without it the run goes on until stopped. */
  readonly durationMs?: number | undefined;
  /** Ends the run after so many iterations over all users and threads. */
  readonly iterations?: number | undefined;
  /** Ends each user after so many iterations. */
  readonly iterationsPerUser?: number | undefined;
  /**
   * Iterations that start per second, whatever the server does (the open model); fractions are right. With stages, the
   * rate at the begin (default 0).
   */
  readonly rate?: number | undefined;
  /** Starts by the clock to a few microseconds, for a core of its own in each thread (default false). */
  readonly precise?: boolean | undefined;
  /** The most users who work off what starts by a rate (default 1,000); what is due beyond is dropped, and counted. */
  readonly maxUsers?: number | undefined;
  /** The load as a line through points: all of users, or all of rates. Their lengths are the duration. */
  readonly stages?: readonly Stage[] | undefined;
  /** So many users for so many seconds, one after the other; users carry over (document, Utilities). */
  readonly pattern?: Iterable<readonly [users: number, seconds: number]> | undefined;
  /** How long requests in flight may still finish after the end, or iterations of users who are to go (default 5,000). */
  readonly graceMs?: number | undefined;
}

export interface LoadPlan {
  /** `closed`: users in loops; `open`: starts by the clock. */
  readonly model: 'closed' | 'open';
  /** Users (closed), or starts per second (open). */
  readonly segments: readonly Segment[];
  /** The most at once. */
  readonly users: number;
  /** Per second, where users start by a rate; Infinity where they do not. */
  readonly spawnRate: number;
  readonly durationMs: number | null;
  readonly iterations: number | null;
  readonly iterationsPerUser: number | null;
  readonly graceMs: number;
  readonly precise: boolean;
}

const MAX_USERS = 1_000_000;
/** Counted in 32 bits, which all threads share. */
const MAX_ITERATIONS = 4_000_000_000;
const MAX_RATE = 10_000_000;
const DEFAULT_MAX_USERS = 1000;

/** Validates and completes the options. Throws a RangeError that names what was expected and what came. */
export function buildPlan(options: PlanOptions): LoadPlan {
  const { durationMs, iterations, iterationsPerUser, graceMs = 5000, precise = false } = options;
  if (durationMs !== undefined && !(Number.isFinite(durationMs) && durationMs > 0)) {
    throw new RangeError(`expected durationMs to be above 0 milliseconds, got ${String(durationMs)}`);
  }
  if (iterations !== undefined) assertWhole('iterations', iterations, 1, MAX_ITERATIONS);
  if (iterationsPerUser !== undefined) assertWhole('iterationsPerUser', iterationsPerUser, 1, MAX_ITERATIONS);
  if (!(Number.isFinite(graceMs) && graceMs >= 0)) {
    throw new RangeError(`expected graceMs to be 0 or more milliseconds, got ${String(graceMs)}`);
  }
  const ends = {
    iterations: iterations ?? null,
    iterationsPerUser: iterationsPerUser ?? null,
    graceMs,
    precise: Boolean(precise),
  };
  assertOneShape(options);
  const shape = isOpen(options) ? toArrivals(options) : toUsers(options);
  const endMs = toEndMs(shape.segments);
  return { ...shape, ...ends, durationMs: Number.isFinite(endMs) ? endMs : null };
}

/** How many iterations the clock starts in the first `untilMs`; null for users in loops. */
export function countPlannedStarts(
  { model, segments, iterations }: LoadPlan,
  untilMs: number,
): number | null {
  if (model === 'closed') return null;
  return Math.min(countArrivals(segments, untilMs), iterations ?? Number.POSITIVE_INFINITY);
}

type Shape = Pick<LoadPlan, 'model' | 'segments' | 'users' | 'spawnRate'>;

/** What contradicts itself is refused rather than half obeyed. */
function assertOneShape(options: PlanOptions): void {
  const { stages, pattern, durationMs, spawnRate, iterationsPerUser, rate } = options;
  const refuse = (one: string, other: string) => {
    throw new RangeError(`expected either ${one} or ${other}, got both`);
  };
  if (stages !== undefined && pattern !== undefined) refuse('stages', 'pattern');
  if (stages !== undefined && durationMs !== undefined)
    refuse('stages, which have their durations,', 'durationMs');
  if (pattern !== undefined && durationMs !== undefined)
    refuse('pattern, which has its durations,', 'durationMs');
  if ((stages ?? pattern) !== undefined && spawnRate !== undefined) refuse('spawnRate', 'a load in stages');
  if (rate !== undefined && pattern !== undefined) refuse('rate', 'pattern');
  if (isOpen(options) && spawnRate !== undefined) refuse('rate', 'spawnRate');
  if (isOpen(options) && iterationsPerUser !== undefined) refuse('rate', 'iterationsPerUser');
}

function isOpen({ rate, stages }: PlanOptions): boolean {
  return rate !== undefined || (stages?.some((stage) => 'rate' in stage) ?? false);
}

function toUsers(options: PlanOptions): Shape {
  const { stages, pattern, durationMs = Number.POSITIVE_INFINITY } = options;
  if (pattern !== undefined) return toShape(toPatternSegments(pattern));
  if (stages !== undefined) {
    const { users = 0 } = options;
    assertWhole('users', users, 0, MAX_USERS);
    return toShape(toSegments(users, toSteps(stages, 'users')));
  }
  const { users = 1, spawnRate = Number.POSITIVE_INFINITY } = options;
  assertWhole('users', users, 1, MAX_USERS);
  if (typeof spawnRate !== 'number' || !(spawnRate > 0)) {
    throw new RangeError(`expected spawnRate to be above 0 users per second, got ${String(spawnRate)}`);
  }
  const rampMs = spawnRate === Number.POSITIVE_INFINITY ? 0 : (users * 1000) / spawnRate;
  const ramp = toSegments(0, [
    { to: users, durationMs: rampMs },
    { to: users, durationMs: Number.POSITIVE_INFINITY },
  ]);
  return { model: 'closed', segments: cutAt(ramp, durationMs), users, spawnRate };
}

function toShape(segments: readonly Segment[]): Shape {
  const users = Math.ceil(toPeak(segments));
  if (users === 0) throw new RangeError('expected a load with at least one user, got none at any time');
  return { model: 'closed', segments, users, spawnRate: Number.POSITIVE_INFINITY };
}

function toArrivals(options: PlanOptions): Shape {
  const {
    stages,
    durationMs = Number.POSITIVE_INFINITY,
    maxUsers = options.users ?? DEFAULT_MAX_USERS,
  } = options;
  const { rate = 0 } = options;
  assertWhole('maxUsers', maxUsers, 1, MAX_USERS);
  assertLevel('rate', rate, MAX_RATE);
  const steps = stages === undefined ? [{ to: rate, durationMs }] : toSteps(stages, 'rate');
  const segments = toSegments(rate, steps);
  if (toPeak(segments) === 0)
    throw new RangeError('expected a rate above 0 at some time, got 0 at all times');
  return { model: 'open', segments, users: maxUsers, spawnRate: Number.POSITIVE_INFINITY };
}

function toSteps(stages: readonly Stage[], key: 'users' | 'rate'): Step[] {
  if (stages.length === 0) throw new RangeError('expected at least one stage, got none');
  const steps = stages.map((stage, index) => {
    const name = `stages[${index}]`;
    const { durationMs } = stage;
    const to = (stage as Readonly<Record<string, unknown>>)[key];
    if (!(Number.isFinite(durationMs) && durationMs >= 0)) {
      throw new RangeError(
        `expected ${name}.durationMs to be 0 or more milliseconds, got ${String(durationMs)}`,
      );
    }
    if (typeof to !== 'number') {
      throw new RangeError(`expected ${name} to name its ${key}, as the other stages do`);
    }
    if (key === 'users') assertWhole(`${name}.users`, to, 0, MAX_USERS);
    else assertLevel(`${name}.rate`, to, MAX_RATE);
    return { to, durationMs };
  });
  if (steps.every(({ durationMs }) => durationMs === 0))
    throw new RangeError('expected a stage that lasts, got none');
  return steps;
}

function toPatternSegments(pattern: Iterable<readonly [number, number]>): Segment[] {
  const steps: Step[] = [];
  for (const [users, seconds] of pattern) {
    assertWhole('users of the pattern', users, 0, MAX_USERS);
    if (!(Number.isFinite(seconds) && seconds >= 0)) {
      throw new RangeError(`expected the seconds of the pattern to be 0 or more, got ${String(seconds)}`);
    }
    steps.push({ to: users, durationMs: 0 }, { to: users, durationMs: seconds * 1000 });
  }
  if (steps.length === 0) throw new RangeError('expected a pattern with at least one step, got none');
  return toSegments(0, steps);
}

function cutAt(segments: readonly Segment[], endMs: number): Segment[] {
  return segments
    .filter(({ fromMs }) => fromMs < endMs)
    .map((segment) => {
      const { fromMs, durationMs, from, to } = segment;
      const left = endMs - fromMs;
      if (durationMs <= left) return segment;
      const reached = durationMs === Number.POSITIVE_INFINITY ? to : from + ((to - from) * left) / durationMs;
      return { fromMs, durationMs: left, from, to: reached };
    });
}

function assertWhole(name: string, value: number, lowest: number, highest: number): void {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return;
  throw new RangeError(
    `expected ${name} to be a whole number from ${lowest} to ${highest}, got ${String(value)}`,
  );
}

function assertLevel(name: string, value: number, highest: number): void {
  if (typeof value === 'number' && value >= 0 && value <= highest) return;
  throw new RangeError(
    `expected ${name} to be a number per second from 0 to ${highest}, got ${String(value)}`,
  );
}
