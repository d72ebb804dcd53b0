// How this service tells its clients about errors: `{"error": "<sentence>"}` for every status.
import { describeDatabaseError, isUnavailable } from '@trafficflux/postgres';
import { AppError, type ErrorFormat } from '@trafficflux/service-kit';
import { BODY_MUST_BE_JSON } from './fields/body.ts';

const RETRY_AFTER_SECONDS = 2;

export const errorFormat: ErrorFormat = {
  serialize: ({ message }) => ({ error: message }),
  sentences: {
    NOT_FOUND:
      'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
    METHOD_NOT_ALLOWED: 'The method is not allowed for the requested URL.',
    UNSUPPORTED_MEDIA_TYPE: 'Content-Type must be application/json',
    INVALID_JSON: BODY_MUST_BE_JSON,
    BODY_TOO_LARGE: 'Request body is too large',
    INTERNAL_ERROR: 'Internal server error',
  },
  translate: (error) => {
    if (error.kind !== 'internal' || !isUnavailable(error.cause)) return error;
    return databaseUnavailable(error.cause);
  },
};

/** What really happened is for the log, in one line without the statement that failed. */
function databaseUnavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The database is not available. Please try again later.', {
    code: 'DATABASE_UNAVAILABLE',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause: new Error(`The database is not available: ${describeDatabaseError(cause)}`),
  });
}
