/**
 * The HDR log of a run, written as it goes, so that a killed run leaves it and memory does not grow; and at the end the
 * percentile distribution of the whole run beside it.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { LoadEngineError, toMessage } from '../../errors.ts';
import { Histogram } from '../../record/histogram.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { StepRecorder } from '../../record/step-recorder.ts';
import type { LoadProgress } from '../../run/progress.ts';
import type { RunSummary } from '../summary.ts';
import { type HdrInterval, toHdrLogHead, toHdrLogLine } from './hdr-log.ts';
import { toHgrm } from './hgrm.ts';
import { ReportFile } from './report-file.ts';
import type { MeasuredRun, ReportOutput } from './report-output.ts';

/** Steps with lines of their own; those beyond are in the lines of all steps. */
const MAX_TAGS = 50;

export class HdrFiles implements ReportOutput {
  readonly #path: string;
  readonly #distribution: ReportFile;
  /** What the lines so far hold, by step. */
  readonly #written = new Map<string, Histogram>();
  #writtenTotal = new Histogram();
  #lastAtMs = 0;
  #hasBegun = false;
  #failure: unknown;

  /** `path` is that of the log; the distribution ends on `.hgrm`. Throws a LoadEngineError `report-unwritable`. */
  constructor(path: string) {
    this.#path = new ReportFile(path).path;
    this.#distribution = new ReportFile(toDistributionPath(path));
  }

  look({ recorder }: MeasuredRun, { elapsedMs }: LoadProgress): void {
    this.#append(recorder, elapsedMs);
  }

  finish({ recorder }: MeasuredRun, { durationMs }: RunSummary): undefined {
    const total = mergeAll(recorder.steps);
    // Requests of a teardown come after the last look; and a run that is over at once has none.
    if (!this.#hasBegun || total.count > this.#writtenTotal.count) {
      this.#append(recorder, Math.max(this.#lastAtMs, durationMs));
    }
    this.#distribution.write(toHgrm(total));
    const cause = this.#failure;
    if (cause === undefined) return;
    const message = `The report ${this.#path} cannot be written: ${toMessage(cause)}.`;
    throw new LoadEngineError('report-unwritable', message, { cause });
  }

  #append(recorder: Recorder, elapsedMs: number): void {
    // A log with a hole would lie: after a failure nothing is added.
    if (this.#failure !== undefined) return;
    try {
      if (!this.#hasBegun) writeFileSync(this.#path, toHdrLogHead(Date.now() - elapsedMs));
      this.#hasBegun = true;
      const lines = this.#takeIntervals(recorder, elapsedMs).map(toHdrLogLine);
      appendFileSync(this.#path, lines.join(''));
    } catch (error) {
      this.#failure = error;
    }
  }

  #takeIntervals({ steps }: Recorder, elapsedMs: number): HdrInterval[] {
    const span = { startMs: this.#lastAtMs, lengthMs: elapsedMs - this.#lastAtMs };
    const total = mergeAll(steps);
    const intervals: HdrInterval[] = [{ ...span, times: total.since(this.#writtenTotal) }];
    this.#writtenTotal = total;
    this.#lastAtMs = elapsedMs;
    for (const [tag, own] of groupByName(steps)) {
      const times = mergeAll(own);
      const before = this.#written.get(tag);
      if (times.count === (before?.count ?? 0)) continue;
      if (!before && this.#written.size >= MAX_TAGS) continue;
      intervals.push({ ...span, tag, times: before ? times.since(before) : times });
      this.#written.set(tag, times);
    }
    return intervals;
  }
}

function groupByName(steps: readonly StepRecorder[]): Map<string, StepRecorder[]> {
  const groups = new Map<string, StepRecorder[]>();
  for (const step of steps) groups.set(step.name, [...(groups.get(step.name) ?? []), step]);
  return groups;
}

function mergeAll(steps: readonly StepRecorder[]): Histogram {
  const times = new Histogram();
  for (const outcome of steps.flatMap(({ outcomes }) => outcomes)) times.merge(outcome.times);
  return times;
}

function toDistributionPath(path: string): string {
  const { dir, name } = parse(path);
  const beside = join(dir, `${name}.hgrm`);
  return beside === path ? `${path}.hgrm` : beside;
}
