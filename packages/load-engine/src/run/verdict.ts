/** Whether a run measured the server, or its own generator (H17). */

export interface Verdict {
  readonly valid: boolean;
  /** Why not, as sentences; empty for a valid run. */
  readonly reasons: readonly string[];
}

export const VALID: Verdict = { valid: true, reasons: [] };
