/** `npm run chaos -- [--runs N] [--seed S …] [--queue redis|postgres|off] [--fresh]` */
import { parseArgs } from 'node:util';

/** `off`: workers never hear of a wake-up, so that only the reconciler works. */
export type Queue = 'redis' | 'postgres' | 'off';

export interface ChaosArguments {
  readonly seeds: readonly number[];
  readonly queue: Queue;
  /** Begins the list anew, also where it was left half done. */
  readonly isFresh: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_RUNS = 20;

/** Seeds are those of `--seed`, else 1 to N. @throws {UsageError} */
export function parseChaosArguments(args: readonly string[]): ChaosArguments {
  const { runs, seed, queue, fresh } = parse(args);
  if (runs !== undefined && seed !== undefined) throw new UsageError('Give --runs or --seed, not both.');
  const seeds = (seed ?? []).flatMap((text) => text.split(',')).map((text) => toInteger('--seed', text, 0));
  const count = toInteger('--runs', runs ?? String(DEFAULT_RUNS), 1);
  return {
    seeds: seed === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [...new Set(seeds)],
    queue: toQueue(queue ?? 'redis'),
    isFresh: fresh ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      runs: { type: 'string' },
      seed: { type: 'string', multiple: true },
      queue: { type: 'string' },
      fresh: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function toInteger(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value < 2 ** 31) return value;
  throw new UsageError(`${name} must be an integer from ${least} to ${2 ** 31 - 1}, but it is "${text}".`);
}

function toQueue(text: string): Queue {
  if (text === 'redis' || text === 'postgres' || text === 'off') return text;
  throw new UsageError(`--queue must be redis, postgres or off, but it is "${text}".`);
}
