/** What a reporter was told of a test, for reports that are written at its end. */
import type { ReportedMetrics } from './base-reporter.ts';
import { type ReportedJson, toReportedJson } from './json-metrics.ts';

const MAX_ENTRIES = 600;

export interface ProgressEntry {
  /** Seconds from the start. */
  readonly elapsed_time: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly metrics: ReportedJson;
}

/** At most 600 entries, evenly spread over the test: a long one needs no more memory. */
export class TestLog {
  #entries: ProgressEntry[] = [];
  #stride = 1;
  #seen = 0;

  get entries(): readonly ProgressEntry[] {
    return this.#entries;
  }

  add(elapsed: number, metrics: ReportedMetrics): void {
    if (this.#seen % this.#stride === 0) {
      this.#entries.push({
        elapsed_time: elapsed,
        timestamp: Date.now() / 1000,
        metrics: toReportedJson(metrics),
      });
    }
    this.#seen += 1;
    if (this.#entries.length < MAX_ENTRIES) return;
    this.#entries = this.#entries.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}

/** `end` is now for a test that has not ended; `start` the same for one that was never started. */
export function toTestInfo(startedAt: number | null, endedAt: number | null) {
  const end = endedAt ?? Date.now();
  const start = Math.min(startedAt ?? end, end);
  return {
    start_time: new Date(start).toISOString(),
    start_timestamp: start / 1000,
    end_time: new Date(end).toISOString(),
    end_timestamp: end / 1000,
    duration_seconds: (end - start) / 1000,
  };
}
