// `npm run chaos -- --runs N`: kills, freezes and restarts what campaigns run on, and checks that nothing that was promised
// is broken. Exit codes: 0 nothing was violated, 1 something was, or the series could not go on, 2 wrong arguments,
// 130 interrupted (the same command goes on where it stopped).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseChaosArguments, UsageError } from './arguments.ts';
import { openProgress } from './series/progress.ts';
import { runSeries } from './series/series.ts';

const USAGE = 'npm run chaos -- [--runs N | --seed S …] [--queue redis|postgres|off] [--fresh]';
const root = fileURLToPath(new URL('../..', import.meta.url));

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupt.abort());
const exitCode = await main(process.argv.slice(2));
// What a seed was waiting for when it was interrupted would hold the process for a while.
if (interrupt.signal.aborted) process.exit(exitCode);
process.exitCode = exitCode;

async function main(args: readonly string[]): Promise<number> {
  try {
    const given = parseChaosArguments(args);
    const sha = readCommit();
    const progress = openProgress(fileURLToPath(new URL('../../.data/chaos', import.meta.url)), sha, given);
    console.log(`SHA=${sha} queue=${given.queue} seeds=${given.seeds.length}`);
    const isSound = await runSeries({
      arguments: given,
      progress,
      sha,
      signal: interrupt.signal,
      print: (line) => console.log(line),
    });
    if (interrupt.signal.aborted) return 130;
    return isSound ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n${USAGE}`);
      return 2;
    }
    console.error(error);
    return 1;
  }
}

/** Short; with a mark where files differ from it. */
function readCommit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
    return git('rev-parse', '--short=10', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+changes');
  } catch {
    return 'unknown';
  }
}
