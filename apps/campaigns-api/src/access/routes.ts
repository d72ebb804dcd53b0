// POST /api/traffic/token, which is there with TRAFFIC_AUTH=required (H6).
import { type App, answer, noStore } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { parseBody, requireFields } from '../fields/body.ts';
import { toText } from '../fields/values.ts';
import { errorAnswers } from '../openapi.ts';
import type { Login } from './login.ts';

export interface TokenRouteOptions {
  readonly login: Login;
  readonly lifetimeSeconds: number;
}

export function addTokenRoute(app: App, { login, lifetimeSeconds }: TokenRouteOptions): void {
  const options = { schema: schemas.token, onRequest: noStore, config: { isPublic: true } };
  app.post('/api/traffic/token', options, async ({ body, ip }) => {
    const fields = parseBody(body);
    requireFields(fields, 'username', 'password');
    const credentials = {
      username: toText('username', fields.username, MAX_LENGTH),
      password: toText('password', fields.password, MAX_LENGTH),
    };
    return {
      success: true as const,
      access_token: await login(credentials, ip),
      token_type: 'bearer' as const,
      expires_in: lifetimeSeconds,
    };
  });
}

/** No account has longer ones. */
const MAX_LENGTH = 500;

const schemas = {
  token: {
    tags: ['Access'],
    summary: 'Log in with an account of an operator or an admin, and get a token',
    body: Type.Object({
      username: Type.String({ description: 'Or the e-mail.' }),
      password: Type.String(),
    }),
    response: {
      200: answer(
        'The token',
        Type.Object({
          success: Type.Literal(true),
          access_token: Type.String(),
          token_type: Type.Literal('bearer'),
          expires_in: Type.Integer({ description: 'Seconds.' }),
        }),
      ),
      ...errorAnswers(400, 401, 403, 413, 429, 503),
    },
  },
} as const;
