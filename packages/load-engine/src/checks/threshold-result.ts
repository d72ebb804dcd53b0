/** What came of a threshold at the end of a run. */

export interface ThresholdResult {
  /** What the threshold is on: `http_req_duration`, `checks{step:login}`, a custom metric, …, as it was written. */
  readonly metric: string;
  /** As it was written: `p(95)<300`. */
  readonly expression: string;
  /** `no-data` where nothing was measured: that is not passed. */
  readonly outcome: 'passed' | 'failed' | 'no-data';
  /** What was measured, in the unit of the metric; null without data. */
  readonly observed: number | null;
  /** It ended the run early. */
  readonly aborted: boolean;
}
