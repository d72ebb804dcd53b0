/** Limits wrong logins (H16): by account from one address, and by address. Right ones are never counted. */
import { MemoryLoginLimiter } from './login-limiter-memory.ts';

export interface LoginLimits {
  /** Failures in the window for one account from one address; 0 switches this limit off. */
  readonly perAccountAndAddress: number;
  /** Failures in the window from one address, whatever the account; 0 switches this limit off. */
  readonly perAddress: number;
  readonly windowSeconds: number;
}

export interface LoginAttempt {
  /** The account as the client named it, whether it exists or not. */
  readonly account: string;
  /** `request.ip`, which follows X-Forwarded-For only when TRUST_PROXY says so. */
  readonly address: string;
}

export interface LoginLimiter {
  /**
   * Runs a login. It counts as failed when it throws an `AppError` of kind `unauthorized` or `not-found`; any
   * other outcome, such as a database out of reach, counts for nothing.
   *
   * @throws {AppError} `rate-limited` with the seconds until the next attempt, without running the login
   */
  attempt<T>(attempt: LoginAttempt, login: () => Promise<T>): Promise<T>;
}

/** Creates the limiter of one process. */
export function createLoginLimiter(limits: LoginLimits): LoginLimiter {
  return new MemoryLoginLimiter(limits);
}
