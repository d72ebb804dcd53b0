// Who may use the routes: the owner of a good token, whose account is there, not disabled, and has a role for it.
import type { Account, AccountStore } from '@trafficflux/accounts';
import { bearerAuth } from '@trafficflux/auth';
import { type App, bearerSecurity } from '@trafficflux/service-kit';
import { forbidden } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for routes that need no token, whatever TRAFFIC_AUTH says. */
    isPublic?: boolean;
  }
}

export interface GuardOptions {
  readonly secret: string;
  readonly lifetimeSeconds: number;
  readonly accounts: Pick<AccountStore, 'findById'>;
}

const ISSUER = 'trafficflux';
const AUDIENCE = 'campaigns-api';

/** Guards every route that is added after it, unless its `config` says `isPublic`. */
export async function addGuard(app: App, { secret, lifetimeSeconds, accounts }: GuardOptions): Promise<void> {
  await app.register(bearerAuth, {
    secret,
    lifetimeSeconds,
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['sub'],
    authenticate: async ({ sub }) => {
      const account = typeof sub === 'string' ? await accounts.findById(sub) : null;
      if (account === null || account.disabled) throw app.tokens.createError('invalid');
      assertMayUse(account);
    },
  });
  app.addHook('onRoute', (route) => {
    if (route.config?.isPublic === true) return;
    // The first one gives the answer its headers.
    const [begin = [], ...own] = [route.onRequest ?? []].flat();
    route.onRequest = [begin, app.requireBearer, ...own].flat();
    route.schema = { ...route.schema, security: bearerSecurity };
  });
}

/** @throws `forbidden` */
export function assertMayUse({ roles }: Pick<Account, 'roles'>): void {
  if (roles.includes('operator') || roles.includes('admin')) return;
  throw forbidden('The campaigns API is for operators and admins');
}
