/** The engine's own failures. A failed request is a result, never one of these. */

import type { RunSummary } from './report/summary.ts';

export type LoadEngineErrorCode =
  | 'scenario-not-loaded'
  | 'scenario-invalid'
  | 'setup-failed'
  | 'thread-crashed'
  | 'report-unwritable'
  | 'engine-closed';

/** A run that could not be carried out: a sentence for people, a stable `code` for programs. */
export class LoadEngineError extends Error {
  override readonly name = 'LoadEngineError';
  readonly code: LoadEngineErrorCode;
  /** What was measured until the run broke off, where there is anything. */
  summary?: RunSummary;

  constructor(code: LoadEngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The sentence in whatever was thrown, also when it was no Error. */
export function toMessage(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return String(thrown);
}
