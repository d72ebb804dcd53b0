/** What happened to a run from outside, or because of a rule: each change stands in the report. */

export type RunEventKind = 'started' | 'paused' | 'resumed' | 'scaled' | 'stopped' | 'aborted' | 'ended';

export interface RunEvent {
  /** From the start of the load, in milliseconds of the monotonic clock. */
  readonly atMs: number;
  readonly kind: RunEventKind;
  /** A sentence for people. */
  readonly text: string;
}
