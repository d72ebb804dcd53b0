/** The one error family of our services: a public sentence with a kind, a code, and a cause for the log. */

/** What went wrong, in words that know no transport: the HTTP side turns it into a status, the hub into a close code. */
export type ErrorKind =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'timeout'
  | 'conflict'
  | 'too-large'
  | 'unsupported-media-type'
  | 'expectation-failed'
  | 'misdirected'
  | 'unprocessable'
  | 'upgrade-required'
  | 'rate-limited'
  | 'headers-too-large'
  | 'internal'
  | 'unavailable';

export interface AppErrorOptions {
  /** Stable, in capitals (`BOOK_NOT_FOUND`); by default it is the kind (`NOT_FOUND`). */
  readonly code?: string;
  /** Seconds until a retry makes sense: the answer's Retry-After. */
  readonly retryAfterSeconds?: number;
  /** Further headers of the answer, for example WWW-Authenticate. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a service's serializer may show beside the sentence, for example the field that was wrong. */
  readonly details?: unknown;
  /** What really happened. It goes to the log and never to the client. */
  readonly cause?: unknown;
}

/** An error whose message may be shown to the client as it is. Whatever else is thrown becomes `internal`. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly details: unknown;

  constructor(kind: ErrorKind, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = options.code ?? kind.toUpperCase().replaceAll('-', '_');
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers;
    this.details = options.details;
  }
}
