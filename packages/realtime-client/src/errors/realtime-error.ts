// Every failure of a client is one class with a stable code.

export type RealtimeErrorCode =
  /** The hub could not be reached, or the handshake failed without a reason that this platform shows. */
  | 'CONNECTION_FAILED'
  /** The hub answered the handshake with HTTP instead of a WebSocket; `status` says with what. */
  | 'HANDSHAKE_REFUSED'
  | 'HANDSHAKE_TIMEOUT'
  /** The connection was open and was closed; `closeCode` says how. */
  | 'CONNECTION_CLOSED'
  /** The token or its login session ended, and no other token came. */
  | 'TOKEN_ENDED'
  /** A new token was wanted and did not come this time. */
  | 'TOKEN_UNAVAILABLE'
  /** What came was no message of the hub. */
  | 'INVALID_MESSAGE'
  /** `disconnect()` was called while `connect()` was on its way. */
  | 'DISCONNECTED';

export interface RealtimeErrorOptions extends ErrorOptions {
  readonly closeCode?: number;
  readonly status?: number;
  readonly retryAfterMs?: number | null;
}

export class RealtimeError extends Error {
  override readonly name = 'RealtimeError';
  readonly code: RealtimeErrorCode;
  /** Of the WebSocket, where it was closed. */
  readonly closeCode: number | null;
  /** Of HTTP, where the hub refused before the upgrade or refused a refresh. */
  readonly status: number | null;
  /** How long the hub asked to wait; null where it did not. */
  readonly retryAfterMs: number | null;

  constructor(code: RealtimeErrorCode, message: string, options: RealtimeErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.closeCode = options.closeCode ?? null;
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
