/** The variables of whoever checks passwords, and their shape. */
import { type Static, type TObject, Type } from 'typebox';
import type { LoginLimits } from './limits/login-limiter.ts';
import type { PasswordOptions } from './passwords/passwords.ts';

export const authVariables = {
  BCRYPT_COST: Type.Integer({ minimum: 4, maximum: 20, default: 10 }),
  /** 0 stands for one less than the machine has cores. */
  BCRYPT_CONCURRENCY: Type.Integer({ minimum: 0, maximum: 256, default: 0 }),
  BCRYPT_LINE_LENGTH: Type.Integer({ minimum: 0, default: 1_000 }),
  BCRYPT_LINE_WAIT_MS: Type.Integer({ minimum: 1, default: 30_000 }),
  LOGIN_FAILURES_PER_ACCOUNT: Type.Integer({ minimum: 0, default: 10 }),
  LOGIN_FAILURES_PER_ADDRESS: Type.Integer({ minimum: 0, default: 100 }),
  LOGIN_FAILURE_WINDOW_SECONDS: Type.Integer({ minimum: 1, default: 60 }),
};

export interface AuthConfig {
  readonly passwords: Required<PasswordOptions>;
  readonly loginLimits: LoginLimits;
}

export function toAuthConfig(
  variables: Static<TObject<typeof authVariables>>,
  isProduction: boolean,
): AuthConfig {
  return {
    passwords: {
      cost: variables.BCRYPT_COST,
      concurrency: variables.BCRYPT_CONCURRENCY,
      lineLength: variables.BCRYPT_LINE_LENGTH,
      lineWaitMs: variables.BCRYPT_LINE_WAIT_MS,
      isProduction,
    },
    loginLimits: {
      perAccountAndAddress: variables.LOGIN_FAILURES_PER_ACCOUNT,
      perAddress: variables.LOGIN_FAILURES_PER_ADDRESS,
      windowSeconds: variables.LOGIN_FAILURE_WINDOW_SECONDS,
    },
  };
}
