/** What every reporter of the document is: told of a test from its start to its end, in any order. */
import type { PerformanceMetrics } from '../checks/performance-metrics.ts';
import type { RunReporter } from '../engine/run-reporters.ts';

/** What `engine.getMetrics()` returns, or a part of it. */
export type ReportedMetrics = PerformanceMetrics;

/** A reporter that does nothing: override what is to be reported. An engine drives it, or any code that measures. */
export class BaseReporter implements RunReporter {
  #startedAt: number | null = null;
  #endedAt: number | null = null;

  /** Unix time in milliseconds; null before `startReporting`. */
  get startedAt(): number | null {
    return this.#startedAt;
  }

  /** Unix time in milliseconds; null before `endReporting`. */
  get endedAt(): number | null {
    return this.#endedAt;
  }

  startReporting(): unknown {
    this.#startedAt = Date.now();
    this.#endedAt = null;
    return undefined;
  }

  endReporting(): unknown {
    this.#endedAt = Date.now();
    return undefined;
  }

  /** The final figures. */
  reportMetrics(_metrics: ReportedMetrics): unknown {
    return undefined;
  }

  /** `elapsed` in seconds from the start of the test. */
  reportProgress(_elapsed: number, _metrics: ReportedMetrics): unknown {
    return undefined;
  }
}
