// Registration and login.
import {
  type Account,
  AccountExistsError,
  type AccountStore,
  AccountStoreUnavailableError,
} from '@trafficflux/accounts';
import type { CallLimiter, LoginLimiter, Passwords, Tokens } from '@trafficflux/auth';
import { AppError } from '@trafficflux/service-kit';

export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly fullName: string | null;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface UserService {
  /** @throws {AppError} `bad-request` when the name or the e-mail is taken, `rate-limited`, `unavailable` */
  register(registration: Registration, address: string): Promise<Account>;
  /** Returns a token. @throws {AppError} `unauthorized`, `rate-limited`, `unavailable` */
  login(credentials: Credentials, address: string): Promise<string>;
}

export interface UserServiceOptions {
  readonly accounts: AccountStore;
  readonly passwords: Passwords;
  readonly logins: LoginLimiter;
  readonly registrations: CallLimiter;
  readonly tokens: Tokens;
}

export function createUserService(options: UserServiceOptions): UserService {
  const { accounts, passwords, logins, registrations, tokens } = options;
  return {
    async register({ username, email, password, fullName }, address) {
      registrations.countAddress(address);
      try {
        // A look before the costly hash; the store decides between those who ask at the same time.
        if (await accounts.findByUsername(username)) throw accountTaken();
        const hashedPassword = await passwords.hash(password);
        return await accounts.create({ username, email, fullName, hashedPassword });
      } catch (error) {
        throw toRegistrationError(error);
      }
    },

    login: ({ username, password }, address) =>
      logins.attempt({ account: username, address }, async () => {
        const account = await accounts.findByUsername(username);
        const isRight = account
          ? await passwords.verify(password, account.hashedPassword)
          : await passwords.verifyNobody(password);
        if (!(account && isRight)) throw wrongCredentials();
        return tokens.issue({ sub: account.username });
      }),
  };
}

function accountTaken(): AppError {
  return new AppError('bad-request', 'Username or email already exists', { code: 'ACCOUNT_EXISTS' });
}

/** One sentence for both, and the same time: whoever guesses names learns none. */
function wrongCredentials(): AppError {
  return new AppError('unauthorized', 'Incorrect username or password', {
    code: 'WRONG_CREDENTIALS',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function toRegistrationError(error: unknown): unknown {
  if (error instanceof AccountExistsError) return accountTaken();
  if (error instanceof AppError || error instanceof AccountStoreUnavailableError) return error;
  return new AppError('internal', 'Failed to create user', { code: 'CREATE_FAILED', cause: error });
}
