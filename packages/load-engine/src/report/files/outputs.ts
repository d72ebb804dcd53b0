/** All outputs that somebody chose for a run: one that fails costs nobody the others, and the run nothing. */
import { toMessage } from '../../errors.ts';
import type { LoadProgress } from '../../run/progress.ts';
import type { RunSummary } from '../summary.ts';
import type { MeasuredRun, ReportOutput } from './report-output.ts';

/** What came of the outputs. */
export interface Delivery {
  /** A sentence for each that was not written. */
  readonly failures: readonly string[];
  /** What else there is to say. */
  readonly notes: readonly string[];
}

export class Outputs {
  readonly #outputs: readonly ReportOutput[];
  readonly #resting = new Set<ReportOutput>();

  constructor(outputs: readonly ReportOutput[]) {
    this.#outputs = outputs;
  }

  /** What users must know before the run. */
  get greetings(): readonly string[] {
    return this.#outputs.flatMap(({ greeting }) => (greeting === undefined ? [] : [greeting]));
  }

  look(run: MeasuredRun, look: LoadProgress): void {
    for (const output of this.#outputs) {
      if (this.#resting.has(output)) continue;
      try {
        output.look?.(run, look);
      } catch {
        // It rests until the end, which tries once more and says what is wrong.
        this.#resting.add(output);
      }
    }
  }

  async finish(run: MeasuredRun, summary: RunSummary): Promise<Delivery> {
    const results = await Promise.allSettled(
      this.#outputs.map(async (output) => output.finish(run, summary)),
    );
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [toMessage(result.reason)] : [],
    );
    const notes = results.flatMap((result) =>
      result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
    );
    return { failures, notes };
  }
}
