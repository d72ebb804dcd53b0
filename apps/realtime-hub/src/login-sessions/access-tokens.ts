// The two tokens of a login session (contracts 4.3): access, and refresh, which only renews the first.
import type { TokenClaims, Tokens } from '@trafficflux/auth';
import type { TokensConfig } from '../config.ts';
import type { Access, AccessTokens } from './access.ts';
import type { LoginSession } from './login-session-store.ts';
import { isSessionId } from './session-id.ts';

export interface SessionTokens extends AccessTokens {
  /** For what was verified already. @throws {TokenError} the claims are those of no access token */
  toAccess(claims: TokenClaims): Access;
  issueAccess(session: LoginSession, grant: Grant): IssuedAccess;
  /** Ends with its session. */
  issueRefresh(session: LoginSession): string;
  /** @throws {TokenError} `INVALID_TOKEN`, also for an access token, or `TOKEN_EXPIRED` */
  verifyRefresh(token: string): { readonly userId: string; readonly sessionId: string };
}

/** What the account allows at this moment. */
export interface Grant {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

export interface IssuedAccess {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

const REFRESH = 'refresh';
/** The share of its life after which a client should ask for a new one. */
const REFRESH_AFTER = 0.75;

export function createAccessTokens(
  tokens: Tokens,
  { accessLifetimeSeconds }: Pick<TokensConfig, 'accessLifetimeSeconds'>,
): SessionTokens {
  const issue = (session: LoginSession, lifetimeSeconds: number, claims: object) => {
    const iat = Math.floor(Date.now() / 1000);
    const refresh_threshold = iat + Math.floor(lifetimeSeconds * REFRESH_AFTER);
    const { userId, id } = session;
    const common = { sub: userId, iat, nbf: iat, user_id: userId, session_id: id, refresh_threshold };
    return tokens.issue({ ...common, ...claims }, { lifetimeSeconds });
  };
  const secondsLeft = ({ expiresAt }: LoginSession) =>
    Math.max(1, Math.floor(expiresAt / 1000) - Math.floor(Date.now() / 1000));

  const toAccess = (claims: TokenClaims): Access => {
    const access = readAccess(claims);
    if (access === null || claims.typ === REFRESH) throw tokens.createError('invalid');
    return access;
  };

  return {
    toAccess,
    verify: (token) => toAccess(tokens.verify(token)),

    issueAccess(session, { roles, permissions }) {
      // It does not outlive its session, which is asked for at every use.
      const lifetimeSeconds = Math.min(accessLifetimeSeconds, secondsLeft(session));
      return { token: issue(session, lifetimeSeconds, { roles, permissions }), lifetimeSeconds };
    },

    issueRefresh: (session) =>
      issue(session, secondsLeft(session), {
        roles: [REFRESH],
        permissions: ['token_refresh'],
        typ: REFRESH,
      }),

    verifyRefresh(token) {
      const claims = tokens.verify(token);
      const access = readAccess(claims);
      if (access === null || claims.typ !== REFRESH) throw tokens.createError('invalid');
      return access;
    },
  };
}

/** Null where a claim is missing or is not what it should be. */
function readAccess(claims: TokenClaims): Access | null {
  const { user_id: userId, session_id: sessionId, permissions, iat, exp } = claims;
  const { refresh_threshold: threshold = iat + (exp - iat) * REFRESH_AFTER } = claims;
  if (typeof userId !== 'string' || !isSessionId(sessionId) || !isTexts(permissions)) return null;
  if (typeof threshold !== 'number' || !Number.isFinite(threshold)) return null;
  return { userId, sessionId, permissions, expiresAt: exp * 1000, refreshAt: threshold * 1000 };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
