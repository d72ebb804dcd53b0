// Who may use the protected routes: the owner of a good access token, whose account and login session are there.
import { bearerAuth } from '@trafficflux/auth';
import type { App } from '@trafficflux/service-kit';
import type { FastifyRequest } from 'fastify';
import type { TokensConfig } from '../config.ts';
import { peopleUnavailable } from '../errors.ts';
import type { People, Standing } from '../people/people.ts';
import { type Rights, toRights } from '../rights/rights.ts';
import type { Access } from './access.ts';
import { createAccessTokens, type SessionTokens } from './access-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token came with the request; null on routes without `requireBearer`. See `getCaller`. */
    caller: Caller | null;
  }
}

export interface Caller extends Access {
  readonly rights: Rights;
}

export interface GuardOptions extends TokensConfig {
  readonly secret: string;
  readonly people: Pick<People, 'ask'>;
}

/** Adds `app.requireBearer`, and returns the tokens of login sessions. */
export async function addGuard(app: App, options: GuardOptions): Promise<SessionTokens> {
  app.decorateRequest('caller', null);
  await app.register(bearerAuth, {
    secret: options.secret,
    issuer: options.issuer,
    audience: options.audience,
    lifetimeSeconds: options.accessLifetimeSeconds,
    requiredClaims: ['user_id', 'session_id'],
    sentences: {
      missing: 'Authentication token is required',
      invalid: 'Authentication token is invalid',
      expired: 'Token has expired',
    },
    codes: { missing: 'INVALID_TOKEN', invalid: 'INVALID_TOKEN', expired: 'TOKEN_EXPIRED' },
    authenticate: async (claims, request) => {
      const access = tokens.toAccess(claims);
      const standing = await askAbout(options.people, access);
      if (standing.is === 'gone') throw app.tokens.createError('invalid');
      if (standing.is === 'unknown') throw peopleUnavailable();
      request.caller = { ...access, rights: toRights(access.permissions, standing.roles) };
    },
  });
  const tokens = createAccessTokens(app.tokens, options);
  return tokens;
}

/** Who asks, on a request that came past `requireBearer`. */
export function getCaller({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new Error('This route has no guard.');
  return caller;
}

function askAbout(people: Pick<People, 'ask'>, access: Access): Promise<Standing> {
  return new Promise((resolve) => people.ask(access, resolve));
}
