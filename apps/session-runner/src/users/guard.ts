// Who may use the protected routes: the owner of a good token, whose account is there and not disabled.
import type { Account, AccountStore } from '@trafficflux/accounts';
import { bearerAuth } from '@trafficflux/auth';
import { type App, AppError } from '@trafficflux/service-kit';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token came with the request; null on routes without `requireBearer`. See `getAccount`. */
    account: Account | null;
  }
}

export interface GuardOptions {
  readonly secret: string;
  readonly lifetimeSeconds: number;
  readonly accounts: Pick<AccountStore, 'findByUsername'>;
}

const ISSUER = 'trafficflux';
const AUDIENCE = 'session-runner';
const INVALID = 'Could not validate credentials';

export async function addGuard(app: App, { secret, lifetimeSeconds, accounts }: GuardOptions): Promise<void> {
  app.decorateRequest('account', null);
  await app.register(bearerAuth, {
    secret,
    lifetimeSeconds,
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['sub'],
    sentences: { missing: 'Not authenticated', invalid: INVALID, expired: INVALID },
    authenticate: async ({ sub }, request) => {
      const account = typeof sub === 'string' ? await accounts.findByUsername(sub) : null;
      if (account === null) throw app.tokens.createError('invalid');
      if (account.disabled) throw new AppError('bad-request', 'Inactive user', { code: 'INACTIVE_USER' });
      request.account = account;
    },
  });
}

/** The account of a request that came past `requireBearer`. */
export function getAccount({ account }: Pick<FastifyRequest, 'account'>): Account {
  if (account === null) throw new Error('This route has no guard.');
  return account;
}
