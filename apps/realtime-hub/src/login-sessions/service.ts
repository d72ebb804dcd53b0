// Logging in, renewing the access token, and logging out.
import { type Account, type AccountStore, isAccountName, toAccountId, toUserId } from '@trafficflux/accounts';
import type { LoginLimiter, Passwords } from '@trafficflux/auth';
import { AppError } from '@trafficflux/service-kit';
import { toPermissions } from '../rights/rights.ts';
import type { IssuedAccess, SessionTokens } from './access-tokens.ts';
import type { Endings } from './endings.ts';
import type { Caller } from './guard.ts';
import type { LoginSession, LoginSessionStore } from './login-session-store.ts';
import { createSessionId } from './session-id.ts';

export interface Credentials {
  /** Or the e-mail. */
  readonly username: string;
  readonly password: string;
}

export interface LoggedIn {
  readonly session: LoginSession;
  readonly account: Account;
  readonly access: IssuedAccess;
  readonly refreshToken: string;
}

export interface LoginSessions {
  /** @throws {AppError} `unauthorized`, `rate-limited`, `unavailable` */
  logIn(credentials: Credentials, address: string): Promise<LoggedIn>;
  /** @throws {AppError} `unauthorized`: the token is none, or over, or of a session that ended or an account that is gone */
  renew(refreshToken: string): Promise<IssuedAccess>;
  /** @throws {AppError} `not-found`, `forbidden` where it is another's and the caller is no admin */
  end(sessionId: string, caller: Caller): Promise<void>;
}

export interface LoginSessionsOptions {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly store: LoginSessionStore;
  readonly passwords: Passwords;
  readonly logins: LoginLimiter;
  readonly tokens: SessionTokens;
  readonly invalidToken: () => AppError;
  readonly endings: Endings;
  /** 0: no limit. */
  readonly sessionsPerUser: number;
  /** Of a session, as of its refresh token. */
  readonly lifetimeSeconds: number;
}

export function createLoginSessions(options: LoginSessionsOptions): LoginSessions {
  const { accounts, store, tokens, endings } = options;

  return {
    async logIn(credentials, address) {
      const account = await authenticate(options, credentials, address);
      const session = createSession(account, options.lifetimeSeconds);
      endings.announce(await store.create(session, options.sessionsPerUser));
      const access = tokens.issueAccess(session, toGrant(account));
      return { session, account, access, refreshToken: tokens.issueRefresh(session) };
    },

    async renew(refreshToken) {
      const { sessionId, userId } = tokens.verifyRefresh(refreshToken);
      const [session, account] = await Promise.all([
        store.find(sessionId),
        accounts.findById(toAccountId(userId)),
      ]);
      if (session?.userId !== userId || !account || account.disabled) throw options.invalidToken();
      return tokens.issueAccess(session, toGrant(account));
    },

    async end(sessionId, caller) {
      const session = await store.find(sessionId);
      if (session === null) throw noSuchSession();
      if (session.userId !== caller.userId && !caller.rights.isAdmin) throw notYours();
      const isEnded = await store.end(sessionId);
      // Also when somebody else came first: whoever holds it open must not miss it.
      endings.announce([sessionId]);
      if (!isEnded) throw noSuchSession();
    },
  };
}

/** The account of right credentials. Whoever guesses learns nothing: one sentence, and the same time. */
async function authenticate(
  { accounts, passwords, logins }: LoginSessionsOptions,
  { username, password }: Credentials,
  address: string,
): Promise<Account> {
  const account = await accounts.findByLogin(username);
  // By account, whichever of its names was given; nobody's names are kept only as far as an account could have them.
  const name = account?.id ?? (isAccountName(username) ? username : '');
  return logins.attempt({ account: name, address }, async () => {
    const isRight = account
      ? await passwords.verify(password, account.hashedPassword)
      : await passwords.verifyNobody(password);
    if (!(account && isRight) || account.disabled) throw wrongCredentials();
    return account;
  });
}

function createSession(account: Account, lifetimeSeconds: number): LoginSession {
  const createdAt = Date.now();
  return {
    id: createSessionId(),
    userId: toUserId(account),
    createdAt,
    expiresAt: createdAt + lifetimeSeconds * 1000,
  };
}

function toGrant({ roles }: Account) {
  return { roles, permissions: toPermissions(roles) };
}

function wrongCredentials(): AppError {
  return new AppError('unauthorized', 'Invalid username or password', {
    code: 'INVALID_CREDENTIALS',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function noSuchSession(): AppError {
  return new AppError('not-found', 'There is no such session', { code: 'NOT_FOUND' });
}

function notYours(): AppError {
  return new AppError('forbidden', 'The session is of another user', { code: 'FORBIDDEN' });
}
