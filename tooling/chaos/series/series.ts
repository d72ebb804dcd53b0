/** Runs a list of seeds, one after the other, on one world. */
import { startWorld, type World } from '../actors/world.ts';
import type { ChaosArguments } from '../arguments.ts';
import { checkMemory } from './memory.ts';
import type { Progress } from './progress.ts';
import { formatHeading, formatSeed, formatSummary, formatViolations } from './report.ts';
import { runSeed, type SeedResult } from './seed.ts';

export interface SeriesOptions {
  readonly arguments: ChaosArguments;
  readonly progress: Progress;
  readonly sha: string;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** True if nothing was violated, and the signal did not end it before. */
export async function runSeries(options: SeriesOptions): Promise<boolean> {
  const { arguments: given, progress, sha, signal, print } = options;
  const results: SeedResult[] = [...progress.done];
  const left = given.seeds.filter((seed) => !results.some((result) => result.seed === seed));
  if (results.length > 0) print(`${results.length} of ${given.seeds.length} seeds were done before.`);
  await using world = await startWorld(given.queue);
  if (given.queue === 'redis' && world.redis === null)
    print('There is no redis-server: the queue is in PostgreSQL.');
  print(formatHeading());
  const fresh: SeedResult[] = [];
  for (const seed of left) {
    const result = await runSeedUntil(signal, world, seed);
    if (result === null) break;
    fresh.push(result);
    progress.add(result);
    print(formatSeed(result));
    if (result.violations.length === 0) continue;
    world.keepLogs();
    print(formatViolations(seed, result.violations, given.queue, sha));
    print(`  logs: ${world.folder}`);
  }
  if (signal.aborted) {
    // Whoever interrupts us does not wait until all have ended well.
    await Promise.all([world.api, ...world.workers.all].map((each) => each.kill()));
    return false;
  }
  const ofSeries = checkMemory(fresh.map(({ apiBytes }) => apiBytes));
  results.push(...fresh);
  print(formatSummary(results, ofSeries));
  progress.finish();
  return [...results.flatMap(({ violations }) => violations), ...ofSeries].length === 0;
}

/** Null if the signal came first; what still runs then ends with the world. */
async function runSeedUntil(signal: AbortSignal, world: World, seed: number): Promise<SeedResult | null> {
  if (signal.aborted) return null;
  const { promise: interrupted, resolve } = Promise.withResolvers<null>();
  const interrupt = () => resolve(null);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([runSeed(world, seed), interrupted]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
