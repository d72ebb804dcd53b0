// Who may use the protected routes: the owner of a good token who still exists.
import { bearerAuth } from '@trafficflux/auth';
import type { App } from '@trafficflux/service-kit';
import { MAX_ID } from '../fields/integer.ts';
import { userNotFound } from './errors.ts';
import type { UserRepository } from './repository.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The user whose token came with the request; 0 on routes without `requireBearer`. */
    userId: number;
  }
}

export interface GuardOptions {
  readonly secret: string;
  readonly lifetimeSeconds: number;
  readonly users: UserRepository;
}

const ISSUER = 'trafficflux';
const AUDIENCE = 'books-api';

export async function addGuard(app: App, { secret, lifetimeSeconds, users }: GuardOptions): Promise<void> {
  app.decorateRequest('userId', 0);
  await app.register(bearerAuth, {
    secret,
    lifetimeSeconds,
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['user_id'],
    authenticate: async ({ user_id: id }, request) => {
      if (!isUserId(id)) throw app.tokens.createError('invalid');
      if (!(await users.exists(id))) throw userNotFound();
      request.userId = id;
    },
  });
}

function isUserId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= MAX_ID;
}
