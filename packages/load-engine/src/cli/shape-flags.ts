/** The shape of a load on the command line: users, rates, stages. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../durations.ts';
import { toMessage } from '../errors.ts';
import type { PlanOptions, Stage } from '../plan/plan.ts';
import { parseLoadPattern } from '../utilities/index.ts';
import { readWhole } from './values.ts';

export interface ShapeFlags {
  readonly rate?: number;
  readonly maxUsers?: number;
  readonly precise?: boolean;
  readonly stage?: readonly StageFlag[];
  readonly iterationsPerUser?: number;
  readonly pattern?: readonly (readonly [users: number, seconds: number])[];
}

interface StageFlag {
  readonly durationMs: number;
  readonly level: number;
}

const PER_SECOND = { s: 1, m: 60, h: 3600 } as const;

export function addShapeFlags(command: Command): Command {
  return command
    .option(
      '--rate <rate>',
      'iterations started per second by the clock, whatever the server does: 20, 0.5, 90/m, 3600/h',
      readStartRate,
    )
    .option('--precise', 'with --rate: start to the microsecond, for a whole core in each thread')
    .option('--max-users <count>', 'users at most who work off what --rate starts (default: 1000)', readWhole)
    .option(
      '--stage <time:level>',
      'go evenly to so many users (with --rate: starts per second) in this time, such as 30s:100; may be repeated',
      readStage,
    )
    .option(
      '-p, --pattern <pattern>',
      'users over time: constant:USERS:SECONDS, ramp:FROM:TO:SECONDS, spike:BASE:SPIKE:SECONDS[:BASE_SECONDS]',
      readPattern,
    )
    .option('--iterations-per-user <count>', 'end each user after so many requests or tasks', readWhole);
}

interface OtherFlags {
  readonly users: number | undefined;
  readonly defaultUsers: number;
  readonly durationMs: number | undefined;
}

/** What the flags say of the plan, beside those of users and time. */
export function toShape(
  { rate, maxUsers, precise, stage, pattern, iterationsPerUser }: ShapeFlags,
  { users, defaultUsers, durationMs }: OtherFlags,
): Pick<
  PlanOptions,
  'users' | 'durationMs' | 'pattern' | 'rate' | 'precise' | 'maxUsers' | 'stages' | 'iterationsPerUser'
> {
  const isOpen = rate !== undefined;
  const stages = stage?.map(({ durationMs: lengthMs, level }): Stage => {
    return isOpen ? { durationMs: lengthMs, rate: level } : { durationMs: lengthMs, users: level };
  });
  const isShaped = (stages ?? pattern) !== undefined;
  return {
    // With --rate, -u says how many there are to work it off; with --stage how many there are at the begin.
    users: isOpen ? undefined : (users ?? (isShaped ? undefined : defaultUsers)),
    durationMs: isShaped ? undefined : durationMs,
    pattern,
    rate,
    precise,
    maxUsers: isOpen ? (maxUsers ?? users) : maxUsers,
    stages,
    iterationsPerUser,
  };
}

function readStartRate(text: string): number {
  const match = /^(\d*\.?\d+)(?:\/([smh]))?$/.exec(text.trim());
  const rate = Number(match?.[1]) / PER_SECOND[(match?.[2] ?? 's') as keyof typeof PER_SECOND];
  if (match && rate >= 0) return rate;
  throw new InvalidArgumentError('Expected a number of starts, such as 20 (per second), 90/m or 3600/h.');
}

function readPattern(text: string): NonNullable<ShapeFlags['pattern']> {
  try {
    return [...parseLoadPattern(text)];
  } catch (error) {
    throw new InvalidArgumentError(toMessage(error));
  }
}

function readStage(text: string, earlier: readonly StageFlag[] = []): StageFlag[] {
  const [time = '', level = '', ...rest] = text.split(':');
  if (rest.length > 0 || !/^\d*\.?\d+$/.test(level)) {
    throw new InvalidArgumentError('Expected a time and a level, such as 30s:100.');
  }
  try {
    return [...earlier, { durationMs: parseDuration(time), level: Number(level) }];
  } catch (error) {
    throw new InvalidArgumentError(toMessage(error));
  }
}
