// /auth/register, /auth/login, /auth/me
import type { Account } from '@trafficflux/accounts';
import { type App, answer, bearerSecurity, noStore } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';
import { parseBody } from '../validation/fields.ts';
import { loginFields, registrationFields } from './fields.ts';
import { getAccount } from './guard.ts';
import type { UserService } from './service.ts';

export function addUserRoutes(app: App, users: UserService): void {
  app.post('/auth/register', { schema: schemas.register, onRequest: noStore }, async ({ body, ip }) => {
    const { full_name: fullName, ...rest } = parseBody(registrationFields, body);
    return toUser(await users.register({ ...rest, fullName }, ip));
  });

  app.post('/auth/login', { schema: schemas.login, onRequest: noStore }, async ({ body, ip }) => ({
    access_token: await users.login(parseBody(loginFields, body), ip),
    token_type: 'bearer' as const,
  }));

  const onRequest = [noStore, app.requireBearer];
  app.get('/auth/me', { schema: schemas.me, onRequest }, async (request) => toUser(getAccount(request)));
}

function toUser({ username, email, fullName, disabled }: Account) {
  return { username, email, full_name: fullName, disabled };
}

const tags = ['Authentication'];

const schemas = {
  register: {
    tags,
    summary: 'Register a user',
    body: Type.Ref('RegisterRequest'),
    response: { 200: answer('The new user', Type.Ref('User')), ...errorAnswers(400, 413, 422, 429, 503) },
  },
  login: {
    tags,
    summary: 'Log in and get a token',
    body: Type.Ref('LoginRequest'),
    response: { 200: answer('The token', Type.Ref('Token')), ...errorAnswers(401, 413, 422, 429, 503) },
  },
  me: {
    tags,
    summary: 'Who the token is of',
    security: bearerSecurity,
    response: { 200: answer('The user', Type.Ref('User')), ...errorAnswers(400, 401, 503) },
  },
} as const;
