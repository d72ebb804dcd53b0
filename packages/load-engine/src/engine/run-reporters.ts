/** Drives the reporters of a run. What one of them throws neither ends the run nor keeps the others from theirs. */
import { LoadEngineError, toMessage } from '../errors.ts';
import type { EngineMetrics } from './metrics.ts';

/** What a run tells its reporters, in this order; each may answer with a promise. */
export interface RunReporter {
  startReporting(): unknown;
  /** `elapsed` in seconds from the start of the load; twice a second. */
  reportProgress(elapsed: number, metrics: EngineMetrics): unknown;
  endReporting(): unknown;
  reportMetrics(metrics: EngineMetrics): unknown;
}

export class RunReporters {
  readonly #reporters: readonly RunReporter[];
  readonly #broken = new Map<RunReporter, unknown>();

  /** Throws a TypeError for what is no reporter. */
  constructor(reporters: readonly RunReporter[]) {
    for (const reporter of reporters) {
      if (typeof reporter?.reportMetrics !== 'function')
        throw new TypeError('Expected reporters to be reporters, such as new ConsoleReporter().');
    }
    this.#reporters = reporters;
  }

  start(): Promise<void> {
    return this.#each((reporter) => reporter.startReporting());
  }

  progress(elapsed: number, metrics: EngineMetrics): void {
    void this.#each((reporter) => reporter.reportProgress(elapsed, metrics));
  }

  /** Rejects with a LoadEngineError `report-unwritable` when one of them failed at any time. */
  async end(metrics: EngineMetrics): Promise<void> {
    await this.#each((reporter) => reporter.endReporting());
    await this.#each((reporter) => reporter.reportMetrics(metrics));
    for (const [reporter, cause] of this.#broken) {
      const name = reporter.constructor?.name ?? 'A reporter';
      throw new LoadEngineError('report-unwritable', `${name} failed: ${toMessage(cause)}`, { cause });
    }
  }

  async #each(tell: (reporter: RunReporter) => unknown): Promise<void> {
    await Promise.all(
      this.#reporters.map(async (reporter) => {
        if (this.#broken.has(reporter)) return;
        try {
          await tell(reporter);
        } catch (error) {
          this.#broken.set(reporter, error);
        }
      }),
    );
  }
}
