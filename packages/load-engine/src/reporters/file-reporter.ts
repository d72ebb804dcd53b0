/** Reporters that write one file with everything they were told. */
import { ReportFile } from '../report/files/report-file.ts';
import { BaseReporter, type ReportedMetrics } from './base-reporter.ts';
import { type ProgressEntry, TestLog, toTestInfo } from './test-log.ts';

/** What a file holds. */
export interface ReportedTest {
  readonly info: ReturnType<typeof toTestInfo>;
  readonly progress: readonly ProgressEntry[];
  /** Null while nobody reported any. */
  readonly metrics: ReportedMetrics | null;
}

/**
 * Writes with the final metrics, and again at the end of the reporting where that comes later: both orders give the
 * same file.
 */
export abstract class FileReporter extends BaseReporter {
  readonly #file: ReportFile;
  #log = new TestLog();
  #metrics: ReportedMetrics | null = null;

  /** Throws a LoadEngineError `report-unwritable` for a file that has no place. */
  constructor(filename: string) {
    super();
    if (typeof filename !== 'string' || filename === '')
      throw new TypeError('expected filename to be a path');
    this.#file = new ReportFile(filename);
  }

  protected abstract render(test: ReportedTest): string;

  override startReporting(): void {
    super.startReporting();
    this.#log = new TestLog();
    this.#metrics = null;
  }

  override reportProgress(elapsed: number, metrics: ReportedMetrics): void {
    this.#log.add(elapsed, metrics);
  }

  override reportMetrics(metrics: ReportedMetrics): void {
    this.#metrics = metrics;
    this.#write();
  }

  override endReporting(): void {
    super.endReporting();
    this.#write();
  }

  #write(): void {
    const info = toTestInfo(this.startedAt, this.endedAt);
    this.#file.write(this.render({ info, progress: this.#log.entries, metrics: this.#metrics }));
  }
}
