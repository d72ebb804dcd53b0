export type EmbeddedPostgresErrorCode =
  | 'unsupported-platform'
  | 'program-broken'
  | 'folder-unusable'
  | 'already-running'
  | 'port-taken'
  | 'initdb-failed'
  | 'start-failed';

/** Why the embedded PostgreSQL could not start: one sentence for the person at the terminal, and a stable code. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
