/** What every place is that the figures of a run go to. */
import type { Recorder } from '../../record/recorder.ts';
import type { LoadProgress } from '../../run/progress.ts';
import type { RunEvent } from '../../run/run-event.ts';
import type { RunSummary } from '../summary.ts';

/** What outputs see of a run that goes on. */
export interface MeasuredRun {
  readonly recorder: Recorder;
  readonly progress: readonly LoadProgress[];
  readonly events: readonly RunEvent[];
  summarizeSoFar(): RunSummary;
}

/** None of its failures may reach the run or the other outputs: `Outputs` sees to that. */
export interface ReportOutput {
  /** What its user must know before the run. */
  readonly greeting?: string;
  /** Twice a second, by the thread that coordinates; never by one that generates load. */
  look?(run: MeasuredRun, look: LoadProgress): void;
  /** Once, at the end. A failure is thrown; what is only worth a sentence is returned. */
  finish(run: MeasuredRun, summary: RunSummary): string | undefined | Promise<string | undefined>;
}
