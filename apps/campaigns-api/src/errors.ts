// How this service tells its clients about errors: `{success: false, error, message}` for every status, and what helps beside it.
import { AccountStoreUnavailableError } from '@trafficflux/accounts';
import { QueueError } from '@trafficflux/job-queue';
import { describeDatabaseError, isUnavailable } from '@trafficflux/postgres';
import { AppError, type ErrorFormat, type ErrorKind } from '@trafficflux/service-kit';

/** What stands beside the sentence, for example `{ campaign_id, current_status }`. */
export type ErrorContext = Readonly<Record<string, unknown>>;

export const NO_DATA = 'No data provided';
const INVALID_JSON = 'Invalid JSON body';
const RETRY_AFTER_SECONDS = 2;

export const errorFormat: ErrorFormat = {
  serialize: ({ message, details }) => ({ success: false, error: message, message, ...toContext(details) }),
  sentences: {
    NOT_FOUND: 'The requested URL does not exist',
    METHOD_NOT_ALLOWED: 'The method is not allowed for the requested URL',
    INVALID_JSON,
    BODY_TOO_LARGE: 'Request body is too large',
    INTERNAL_ERROR: 'Internal server error',
  },
  describeMissing: (path) =>
    path.startsWith('/api/') ? `API endpoint ${path} does not exist` : `The URL ${path} does not exist`,
  translate(error) {
    if (error.code === 'INVALID_JSON' && isEmptyBody(error)) return badRequest(NO_DATA);
    if (error.kind === 'unsupported-media-type') return badRequest(INVALID_JSON);
    const cause: unknown = error.cause;
    if (cause instanceof AccountStoreUnavailableError)
      return unavailable('The accounts are not available. Please try again later.', cause);
    if (cause instanceof QueueError && (cause.code === 'UNAVAILABLE' || cause.code === 'CLOSED'))
      return unavailable('The queue is not available. Please try again later.', cause);
    // Not what a route says of itself, such as that it is unhealthy.
    if (error.code === 'INTERNAL_ERROR' && isUnavailable(cause)) return databaseUnavailable(cause);
    return error;
  },
};

export function badRequest(message: string, context?: ErrorContext): AppError {
  return refuse('bad-request', message, context);
}

export function forbidden(message: string, context?: ErrorContext): AppError {
  return refuse('forbidden', message, context);
}

export function notFound(message: string, context?: ErrorContext): AppError {
  return refuse('not-found', message, context);
}

export function conflict(message: string, context?: ErrorContext): AppError {
  return refuse('conflict', message, context);
}

function refuse(kind: ErrorKind, message: string, context?: ErrorContext): AppError {
  return new AppError(kind, message, context === undefined ? {} : { details: context });
}

/** What really happened is for the log, in one line without the statement that failed. */
function databaseUnavailable(cause: unknown): AppError {
  return unavailable(
    'The database is not available. Please try again later.',
    new Error(`The database is not available: ${describeDatabaseError(cause)}`),
  );
}

function unavailable(message: string, cause: unknown): AppError {
  return new AppError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

/** A JSON type with nothing behind it. */
function isEmptyBody(error: AppError): boolean {
  return (error.cause as { code?: unknown } | undefined)?.code === 'FST_ERR_CTP_EMPTY_JSON_BODY';
}

function toContext(details: unknown): object | undefined {
  return typeof details === 'object' && details !== null ? details : undefined;
}
