// How this service tells its clients about errors: `{"detail": …}` for every status; at 422 a list, else a sentence.
import { AccountStoreUnavailableError } from '@trafficflux/accounts';
import { AppError, type ErrorFormat } from '@trafficflux/service-kit';
import { invalidRequest, missingBody, notAnObject, notJson } from './validation/issues.ts';

const RETRY_AFTER_SECONDS = 2;

export const errorFormat: ErrorFormat = {
  serialize: ({ kind, message, details }) => ({ detail: kind === 'unprocessable' ? details : message }),
  sentences: {
    NOT_FOUND: 'Not Found',
    METHOD_NOT_ALLOWED: 'Method Not Allowed',
    BODY_TOO_LARGE: 'Request body is too large',
    INTERNAL_ERROR: 'Internal Server Error',
  },
  translate(error) {
    if (error.code === 'INVALID_JSON') return invalidRequest([isEmptyBody(error) ? missingBody : notJson]);
    if (error.kind === 'unsupported-media-type') return invalidRequest([notAnObject]);
    if (error.cause instanceof AccountStoreUnavailableError) return accountsUnavailable(error.cause);
    return error;
  },
};

/** A JSON type with nothing behind it. */
function isEmptyBody(error: AppError): boolean {
  return (error.cause as { code?: unknown } | undefined)?.code === 'FST_ERR_CTP_EMPTY_JSON_BODY';
}

function accountsUnavailable(cause: AccountStoreUnavailableError): AppError {
  return new AppError('unavailable', 'The accounts are not available. Please try again later.', {
    code: 'ACCOUNTS_UNAVAILABLE',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}
