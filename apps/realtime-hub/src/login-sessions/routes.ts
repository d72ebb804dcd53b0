// POST /sessions, POST /sessions/refresh, DELETE /sessions/{session_id}
import { type App, answer, bearerSecurity, noStore } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';
import type { IssuedAccess } from './access-tokens.ts';
import { parseCredentials, parseRefreshToken } from './fields.ts';
import { getCaller } from './guard.ts';
import type { LoggedIn, LoginSessions } from './service.ts';

export function addSessionRoutes(app: App, sessions: LoginSessions): void {
  app.post('/sessions', { schema: schemas.login, onRequest: noStore }, async ({ body, ip }) =>
    toLogin(await sessions.logIn(parseCredentials(body), ip)),
  );

  app.post('/sessions/refresh', { schema: schemas.refresh, onRequest: noStore }, async ({ body }) =>
    toAccessAnswer(await sessions.renew(parseRefreshToken(body))),
  );

  app.delete(
    '/sessions/:session_id',
    { schema: schemas.end, onRequest: [noStore, app.requireBearer] },
    async (request, reply) => {
      const { session_id } = request.params as { session_id: string };
      await sessions.end(session_id, getCaller(request));
      return reply.code(204).send(null);
    },
  );
}

function toLogin({ session, account, access, refreshToken }: LoggedIn) {
  const { access_token, ...rest } = toAccessAnswer(access);
  return {
    access_token,
    refresh_token: refreshToken,
    ...rest,
    session_id: session.id,
    user: { id: session.userId, username: account.username, roles: account.roles },
  };
}

function toAccessAnswer({ token, lifetimeSeconds }: IssuedAccess) {
  return { access_token: token, expires_in: lifetimeSeconds, token_type: 'Bearer' as const };
}

const tags = ['Sessions'];

const schemas = {
  login: {
    tags,
    summary: 'Log in',
    body: Type.Ref('LoginRequest'),
    response: {
      200: answer('The tokens of a new session', Type.Ref('Login')),
      ...errorAnswers(400, 401, 413, 415, 429, 503),
    },
  },
  refresh: {
    tags,
    summary: 'Get a new access token',
    body: Type.Ref('RefreshRequest'),
    response: {
      200: answer('The access token', Type.Ref('Refreshed')),
      ...errorAnswers(400, 401, 413, 415, 503),
    },
  },
  end: {
    tags,
    summary: 'Log out: the tokens of the session count no more, and its sockets close with 4401',
    security: bearerSecurity,
    params: Type.Object({ session_id: Type.String({ format: 'uuid' }) }),
    response: {
      204: { description: 'The session ended', type: 'null' },
      ...errorAnswers(401, 403, 404, 503),
    },
  },
} as const;
