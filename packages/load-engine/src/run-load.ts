/** The engine's front door for code: start a load, follow it, get its figures. */
import type { RunSummary } from './report/summary.ts';
import { type LoadOptions, prepareLoad } from './run/load-options.ts';
import { LoadRun } from './run/load-run.ts';
import type { LoadProgress } from './run/progress.ts';

/**
 * Starts a run and returns its handle. Rejects with a TypeError or RangeError that names a wrong option, or with a
 * LoadEngineError for a scenario that does not load. `onProgress` is called twice a second.
 */
export async function startLoad(
  options: LoadOptions,
  onProgress: (progress: LoadProgress) => void = () => {},
): Promise<LoadRun> {
  return new LoadRun(await prepareLoad(options), onProgress);
}

/**
 * Runs a load to its end and returns its figures. Failed requests are figures, not exceptions; a run that could not
 * be carried out rejects with a LoadEngineError.
 */
export async function runLoad(options: LoadOptions): Promise<RunSummary> {
  const run = await startLoad(options);
  return run.finished;
}
