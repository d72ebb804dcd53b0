import { FileReporter, type ReportedTest } from './file-reporter.ts';
import { toReportedJson } from './json-metrics.ts';

/** Writes `{ test_info, progress, final_metrics }` to a JSON file; `final_metrics` is null while there are none. */
export class JSONReporter extends FileReporter {
  protected override render({ info, progress, metrics }: ReportedTest): string {
    const report = {
      test_info: info,
      progress,
      final_metrics: metrics === null ? null : toReportedJson(metrics),
    };
    return `${JSON.stringify(report, null, 2)}\n`;
  }
}
