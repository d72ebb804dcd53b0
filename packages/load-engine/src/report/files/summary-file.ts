/** A file that holds the summary of a run. */
import type { LoadProgress } from '../../run/progress.ts';
import { type JsonReport, toJsonReport } from '../json.ts';
import type { RunSummary } from '../summary.ts';
import { ReportFile } from './report-file.ts';
import type { MeasuredRun, ReportOutput } from './report-output.ts';

const EVERY_MS = 5000;
/** What takes long is done less often: at most so much of the time goes into it. */
const MAX_SHARE = 0.05;

type Render = (report: JsonReport) => string;

/** Written once, at the end. */
export class SummaryFile implements ReportOutput {
  readonly #file: ReportFile;
  readonly #render: Render;

  /** Throws a LoadEngineError `report-unwritable`. */
  constructor(path: string, render: Render) {
    this.#file = new ReportFile(path);
    this.#render = render;
  }

  finish({ progress }: MeasuredRun, summary: RunSummary): undefined {
    this.#file.write(this.#render(toJsonReport(summary, progress)));
  }
}

/**
 * Written as the run goes, too: every five seconds and after each event, with what was measured so far and marked as
 * unfinished. That is what a run leaves that is killed.
 */
export class LiveSummaryFile implements ReportOutput {
  readonly #file: ReportFile;
  readonly #render: Render;
  #nextAtMs = 0;
  #events = 0;
  #hasFigures = false;

  /** Throws a LoadEngineError `report-unwritable`. */
  constructor(path: string, render: Render) {
    this.#file = new ReportFile(path);
    this.#render = render;
  }

  look(run: MeasuredRun, { elapsedMs, requests }: LoadProgress): void {
    const isNews = run.events.length > this.#events || (requests > 0 && !this.#hasFigures);
    const isDue = isNews || elapsedMs >= this.#nextAtMs;
    if (!isDue || !this.#file.isReplaceable) return;
    const startedAt = performance.now();
    this.#events = run.events.length;
    this.#hasFigures = requests > 0;
    this.#file.writeInterim(this.#render(toJsonReport(run.summarizeSoFar(), run.progress)));
    const tookMs = performance.now() - startedAt;
    this.#nextAtMs = elapsedMs + Math.max(EVERY_MS, tookMs / MAX_SHARE);
  }

  finish({ progress }: MeasuredRun, summary: RunSummary): undefined {
    this.#file.write(this.#render(toJsonReport(summary, progress)));
  }
}
