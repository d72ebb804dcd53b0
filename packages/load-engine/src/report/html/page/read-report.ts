/** A report that somebody hands to the page: ours, of this or an earlier version, or something else altogether. */
import type { JsonReport } from '../../json.ts';

/** The id of the element that holds the report's data. */
export const DATA_ID = 'report-data';

const MISSING = {
  verdict: { valid: true, reasons: [] },
  thresholds: [],
  steps: [],
  distribution: [],
  custom_metrics: [],
  events: [],
  errors: [],
  exceptions: 0,
  iterations: 0,
  iteration_times: null,
  starts: null,
  connections_opened: 0,
  generator: null,
  warnings: [],
  report: [],
};

/** Throws an error whose message is a sentence for the reader. */
export function toReport(value: unknown): JsonReport {
  if (!isRecord(value) || !isRecord(value.test_info) || !isRecord(value.final_metrics)) {
    throw new Error('That is no report of this load engine: it has no test_info and final_metrics.');
  }
  const { final_metrics: metrics, progress } = value;
  if (typeof metrics.total_requests !== 'number' || !isRecord(metrics.percentiles_ms)) {
    throw new Error('That report has no figures to compare with.');
  }
  return { ...MISSING, ...value, progress: Array.isArray(progress) ? progress : [] } as unknown as JsonReport;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
