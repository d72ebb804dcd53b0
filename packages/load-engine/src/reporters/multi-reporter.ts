import type { EngineMetrics } from '../engine/metrics.ts';
import type { RunReporter } from '../engine/run-reporters.ts';
import type { ReportedMetrics } from './base-reporter.ts';

/**
 * Tells several reporters the same. One that throws keeps nobody from theirs: its error comes when all have been told,
 * as an AggregateError where there are several. With a reporter that answers with a promise, so does this.
 */
export class MultiReporter implements RunReporter {
  readonly #reporters: readonly RunReporter[];

  constructor(reporters: readonly RunReporter[]) {
    for (const reporter of reporters) {
      if (typeof reporter?.reportMetrics !== 'function')
        throw new TypeError('expected reporters to be a list of reporters, such as [new ConsoleReporter()]');
    }
    this.#reporters = [...reporters];
  }

  startReporting(): unknown {
    return this.#tell((reporter) => reporter.startReporting());
  }

  endReporting(): unknown {
    return this.#tell((reporter) => reporter.endReporting());
  }

  reportMetrics(metrics: ReportedMetrics): unknown {
    return this.#tell((reporter) => reporter.reportMetrics(metrics as EngineMetrics));
  }

  reportProgress(elapsed: number, metrics: ReportedMetrics): unknown {
    return this.#tell((reporter) => reporter.reportProgress(elapsed, metrics as EngineMetrics));
  }

  #tell(tell: (reporter: RunReporter) => unknown): unknown {
    const failures: unknown[] = [];
    const promises: Promise<unknown>[] = [];
    for (const reporter of this.#reporters) {
      try {
        const answer = tell(reporter);
        if (answer instanceof Promise) promises.push(answer.catch((error) => failures.push(error)));
      } catch (error) {
        failures.push(error);
      }
    }
    if (promises.length === 0) return throwAll(failures);
    return Promise.all(promises).then(() => throwAll(failures));
  }
}

function throwAll(failures: readonly unknown[]): void {
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} reporters failed`);
  if (failures.length === 1) throw failures[0];
}
