/** The plugin of services with tokens: `app.tokens` issues and checks, `app.requireBearer` guards a route. */
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { readBearerToken } from './bearer-token.ts';
import { addTokens, type TokenClaims, type TokenOptions, type Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly tokens: Tokens;
    /** The guard: `app.post('/books', { onRequest: app.requireBearer }, …)`. It runs before a body is read. */
    readonly requireBearer: onRequestAsyncHookHandler;
  }
}

export interface BearerAuthOptions extends TokenOptions {
  /**
   * Called with the claims of a good token: finds the user and sets `request.user`, or throws, for example when
   * the user was deleted meanwhile. A token alone does not prove that its owner still exists.
   */
  readonly authenticate: (claims: TokenClaims, request: FastifyRequest) => Promise<void>;
}

export const bearerAuth = fp(
  async (app: FastifyInstance, options: BearerAuthOptions) => {
    const tokens = await addTokens(app, options);
    app.decorate('tokens', tokens);
    app.decorate('requireBearer', async (request) => {
      const token = readBearerToken(request.raw, tokens);
      await options.authenticate(tokens.verify(token), request);
    });
  },
  { name: '@trafficflux/bearer-auth', fastify: '5.x' },
);
