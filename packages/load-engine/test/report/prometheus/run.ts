// A run whose figures a test chose.
import type { Recorder } from '../../../src/record/recorder.ts';
import type { MeasuredRun } from '../../../src/report/files/report-output.ts';
import { type RunSummary, summarize } from '../../../src/report/summary.ts';
import { type LoadProgress, ProgressLog } from '../../../src/run/progress.ts';
import { FACTS } from '../facts.ts';

export function runOf(recorder: Recorder): { run: MeasuredRun; look: LoadProgress; summary: RunSummary } {
  const moment = { elapsedMs: 10_000, pausedMs: 0, isPaused: false, durationMs: 10_000 };
  const look = new ProgressLog().take(recorder, { ...moment, activeUsers: 100, users: 100 });
  const summary = summarize(recorder, FACTS, []);
  return { run: { recorder, progress: [look], events: [], summarizeSoFar: () => summary }, look, summary };
}
