// /register and /auth/login
import { type App, answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { Created, errorAnswers } from '../openapi.ts';
import { parseCredentials } from './fields.ts';
import type { UserService } from './service.ts';

export function addUserRoutes(app: App, users: UserService): void {
  app.post('/register', { schema: schemas.register }, async ({ body }, reply) => {
    const credentials = parseCredentials(body);
    const id = await users.register(credentials);
    reply.code(201).header('cache-control', 'no-store');
    return { status: 'success', id, message: `user '${credentials.username}' created!` };
  });

  app.post('/auth/login', { schema: schemas.login }, async ({ body, ip }, reply) => {
    reply.header('cache-control', 'no-store');
    return { access_token: await users.login(parseCredentials(body), ip) };
  });
}

const tags = ['users'];

const schemas = {
  register: {
    tags,
    summary: 'Register a user',
    body: Type.Ref('RegisterRequest'),
    response: { 201: answer('Created', Created), ...errorAnswers(400, 409, 415, 503) },
  },
  login: {
    tags,
    summary: 'Log in and get a token',
    body: Type.Ref('LoginRequest'),
    response: { 200: answer('The token', Type.Ref('Token')), ...errorAnswers(400, 401, 404, 415, 429, 503) },
  },
} as const;
