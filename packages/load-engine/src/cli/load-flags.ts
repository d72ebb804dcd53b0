/** Flags that every kind of run has: how many users, for how long, and how it is shown. */
import type { Command } from 'commander';
import type { Thresholds } from '../checks/thresholds.ts';
import { addReachFlags, type ReachFlags, toReach } from './reach-flags.ts';
import { addReportFlags, type ReportFlags } from './report-flags.ts';
import { addShapeFlags, type ShapeFlags, toShape } from './shape-flags.ts';
import {
  readGrace,
  readOption,
  readRate,
  readRunTime,
  readSeed,
  readThreshold,
  readTimeLimit,
  readWhole,
} from './values.ts';

/** How the run is shown. */
export interface OutputOptions extends ReportFlags {
  readonly quiet?: boolean;
  readonly progress: boolean;
  /** Print the plan and send nothing. */
  readonly explain?: boolean;
}

export interface LoadFlags extends OutputOptions, ShapeFlags, ReachFlags {
  readonly users?: number;
  readonly spawnRate?: number;
  readonly runTime?: number;
  readonly duration?: number;
  readonly rampUp?: number;
  readonly iterations?: number;
  readonly threads: number;
  readonly timeout?: number;
  readonly grace?: number;
  readonly seed?: number;
  readonly tag?: Readonly<Record<string, string>>;
  readonly threshold?: Thresholds;
}

export interface FlagDefaults {
  readonly users: number;
  /** In words, as the help shows them. */
  readonly spawnRate: string;
  readonly runTime: string;
}

/** `short` has the letters that mean one thing here and another there. */
export function addLoadFlags(
  command: Command,
  { users, spawnRate, runTime }: FlagDefaults,
  short: { readonly spawnRate: string; readonly rampUp: string; readonly runTime: string },
): Command {
  return addReportFlags(addReachFlags(addShapeFlags(command)))
    .option('-u, --users <count>', `virtual users (default: ${users})`, readWhole)
    .option(
      `${short.spawnRate}--spawn-rate <rate>`,
      `users started per second (default: ${spawnRate})`,
      readRate,
    )
    .option(
      `${short.rampUp}--ramp-up <time>`,
      'start the users evenly over this time instead of by a rate',
      readGrace,
    )
    .option(`${short.runTime}--run-time <time>`, `how long to run (default: ${runTime})`, readRunTime)
    .option('-d, --duration <time>', 'the same as --run-time', readRunTime)
    .option('-n, --iterations <count>', 'end after so many requests or tasks in all', readWhole)
    .option(
      '--timeout <time>',
      'limit for a whole request; a bare number is milliseconds (default: 30s)',
      readTimeLimit,
      30_000,
    )
    .option('--grace <time>', 'how long requests in flight may finish after the end (default: 5s)', readGrace)
    .option('--threads <count>', 'threads at most; never more than cores or users', readWhole, 10)
    .option('--seed <number>', 'repeat the random draws of an earlier run', readSeed)
    .option('--tag <key=value>', 'a tag of everything that is measured; may be repeated', readOption)
    .option(
      '--threshold <text>',
      "what must hold, such as 'http_req_duration{step:login}: p(95)<300, abort after 10s'; may be repeated",
      readThreshold,
    )
    .option('--explain', 'print who starts when, and send nothing')
    .option('-q, --quiet', 'print nothing but errors')
    .option('--no-progress', 'print only the summary');
}

/** What the flags say of a run, in the engine's words. */
export function toRunOptions(flags: LoadFlags, defaultUsers: number) {
  const { users = defaultUsers } = flags;
  return {
    ...toShape(flags, { users: flags.users, defaultUsers, durationMs: flags.duration ?? flags.runTime }),
    spawnRate: flags.rampUp === undefined ? flags.spawnRate : toSpawnRate(users, flags.rampUp),
    iterations: flags.iterations,
    workerThreads: flags.threads,
    requestTimeoutMs: flags.timeout,
    graceMs: flags.grace,
    seed: flags.seed,
    tags: flags.tag,
    thresholds: flags.threshold,
    ...toReach(flags),
  };
}

function toSpawnRate(users: number, rampUpMs: number): number {
  return rampUpMs === 0 ? Number.POSITIVE_INFINITY : (users * 1000) / rampUpMs;
}
