// `npm run loadtest -- -u 100 -r 20 -t 60s`: our engine on the books scenario, against the API that runs here.
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { runFile } from '../processes.ts';
import { findRunState } from '../run-state.ts';

const DEFAULTS: readonly (readonly [flags: readonly string[], value: string])[] = [
  [['-u', '--users'], '100'],
  [['-r', '--spawn-rate'], '20'],
  [['-t', '--run-time', '-d', '--duration', '-n', '--iterations'], '60s'],
];

export async function loadtest(context: Context, args: readonly string[]): Promise<number> {
  const command = join(context.root, 'packages', 'load-engine', 'bin', 'loadspiker.js');
  const scenario = join('scenarios', 'books.ts');
  return await runFile(
    command,
    ['run', scenario, '--headless', ...completeArguments(args, findUrl(context))],
    {
      cwd: context.root,
      environment: context.environment,
      ending: context.ending,
    },
  );
}

/** Adds the documented defaults and our own API's address for what was not given. */
export function completeArguments(args: readonly string[], localUrl: string | undefined): string[] {
  const isGiven = (flags: readonly string[]) => args.some((arg) => flags.some((flag) => isFlag(arg, flag)));
  if (isGiven(['-h', '--help'])) return [...args];
  const defaults = DEFAULTS.flatMap(([flags, value]) => (isGiven(flags) ? [] : [flags[0] ?? '', value]));
  if (isGiven(['-H', '--host'])) return [...defaults, ...args];
  if (localUrl === undefined) {
    const message = 'The books API does not run here: start it with npm start, or name another with -H URL.';
    throw new Problem('not-running', message);
  }
  return [...defaults, '-H', localUrl, ...args];
}

/** `-u 5`, `-u5`, `--users 5` and `--users=5` are all the same flag. */
function isFlag(arg: string, flag: string): boolean {
  if (arg === flag) return true;
  return flag.startsWith('--') ? arg.startsWith(`${flag}=`) : arg.startsWith(flag) && !arg.startsWith('--');
}

function findUrl(context: Context): string | undefined {
  return findRunState(context.dataDir)?.services.find(({ name }) => name === 'books-api')?.url;
}
