// How this service tells its clients about errors: `{"error": {code, message, details}}` for every status (contracts 4.2).
import { AccountStoreUnavailableError } from '@trafficflux/accounts';
import { AppError, type ErrorFormat, type ErrorKind } from '@trafficflux/service-kit';
import { LoginSessionsUnavailableError } from './login-sessions/login-session-store.ts';

const RETRY_AFTER_SECONDS = 2;

/** One code for all errors of a kind: clients of the hub act on these. */
const CODES: Readonly<Partial<Record<ErrorKind, string>>> = {
  'bad-request': 'INVALID_REQUEST',
  'rate-limited': 'RATE_LIMITED',
};

export const errorFormat: ErrorFormat = {
  serialize: ({ kind, code, message, details }) => ({
    error: { code: CODES[kind] ?? code, message, details: toDetails(details) },
  }),
  translate(error) {
    if (error.cause instanceof AccountStoreUnavailableError)
      return unavailable('ACCOUNTS_UNAVAILABLE', 'The accounts are not available.', error.cause);
    if (error.cause instanceof LoginSessionsUnavailableError)
      return unavailable('SESSIONS_UNAVAILABLE', 'The login sessions are not available.', error.cause);
    return error;
  },
};

/** 400, with the field that is wrong where it is one. */
export function invalidRequest(message: string, field?: string): AppError {
  return new AppError('bad-request', message, {
    code: 'INVALID_REQUEST',
    ...(field !== undefined && { details: { field } }),
  });
}

/** Neither the accounts nor the login sessions answer, and nothing recent is known. */
export function peopleUnavailable(): AppError {
  return unavailable('SESSIONS_UNAVAILABLE', 'Accounts and login sessions are not available.');
}

function unavailable(code: string, sentence: string, cause?: unknown): AppError {
  return new AppError('unavailable', `${sentence} Please try again later.`, {
    code,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/** Always an object. What a kit's check of a schema notes is not for clients. */
function toDetails(details: unknown): object {
  const isObject = typeof details === 'object' && details !== null && !Array.isArray(details);
  return isObject ? details : {};
}
