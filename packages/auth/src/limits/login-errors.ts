/** What a limited login is told, and which outcomes count as failed. */
import { AppError } from '@trafficflux/service-kit';

/** An unknown account and a wrong password; a database out of reach is nobody's failure. */
export function isFailedLogin(error: unknown): boolean {
  return error instanceof AppError && (error.kind === 'unauthorized' || error.kind === 'not-found');
}

export function createLimitError(retryAfterMs: number): AppError {
  return new AppError('rate-limited', 'Too many failed logins. Please try again later.', {
    code: 'LOGIN_LIMITED',
    retryAfterSeconds: retryAfterMs / 1000,
  });
}
