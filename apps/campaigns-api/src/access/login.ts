// Logging in with an account of the platform.
import type { AccountStore } from '@trafficflux/accounts';
import type { LoginLimiter, Passwords, Tokens } from '@trafficflux/auth';
import { AppError } from '@trafficflux/service-kit';
import { assertMayUse } from './guard.ts';

export interface Credentials {
  /** Or the e-mail. */
  readonly username: string;
  readonly password: string;
}

/** Returns a token. @throws {AppError} `unauthorized`, `forbidden` without a role for it, `rate-limited`, `unavailable` */
export type Login = (credentials: Credentials, address: string) => Promise<string>;

export interface LoginOptions {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly passwords: Passwords;
  readonly limiter: LoginLimiter;
  readonly tokens: Tokens;
}

export function createLogin({ accounts, passwords, limiter, tokens }: LoginOptions): Login {
  return ({ username, password }, address) =>
    limiter.attempt({ account: username, address }, async () => {
      const account = await accounts.findByLogin(username);
      const isRight = account
        ? await passwords.verify(password, account.hashedPassword)
        : await passwords.verifyNobody(password);
      if (!(account && isRight) || account.disabled) throw wrongCredentials();
      assertMayUse(account);
      return tokens.issue({ sub: account.id });
    });
}

/** One sentence for all, and the same time: whoever guesses names learns none. */
function wrongCredentials(): AppError {
  return new AppError('unauthorized', 'Incorrect username or password', {
    code: 'WRONG_CREDENTIALS',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
