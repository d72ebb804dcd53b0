// Reports of figures that a test chose.
import { Recorder } from '../../../src/record/recorder.ts';
import type { Tags } from '../../../src/record/step-recorder.ts';
import { type JsonReport, toJsonReport } from '../../../src/report/json.ts';
import { type RunFacts, summarize } from '../../../src/report/summary.ts';
import { ProgressLog } from '../../../src/run/progress.ts';
import { FACTS } from '../facts.ts';

export interface Sample {
  readonly step: string;
  readonly ms: number;
  /** The status is 200 without one, and 500 with one. */
  readonly failure?: string;
  readonly tags?: Tags;
}

export function recorderOf(samples: readonly Sample[]): Recorder {
  const recorder = new Recorder();
  for (const { step, ms, failure = '', tags } of samples)
    recorder.step(step, tags).record(failure === '' ? 200 : 500, failure, ms, 50, 500);
  return recorder;
}

/** With one look, at its end. */
export function reportOf(
  samples: readonly Sample[],
  facts: Partial<RunFacts> = {},
  recorder = recorderOf(samples),
): JsonReport {
  const progress = new ProgressLog();
  const moment = { elapsedMs: 10_000, pausedMs: 0, isPaused: false, durationMs: 10_000 };
  progress.take(recorder, { ...moment, activeUsers: 100, users: 100 });
  return toJsonReport(summarize(recorder, { ...FACTS, ...facts }, []), progress.points);
}

/** The same report with other texts, many of which are made quickly. */
export function rename(report: JsonReport, step: string, message: string): JsonReport {
  return {
    ...report,
    test_info: { ...report.test_info, name: message },
    steps: report.steps.map((each) => ({ ...each, name: step })),
    errors: report.errors.map((each) => ({ ...each, step, message })),
  };
}
