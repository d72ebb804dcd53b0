// The OpenAPI document: what stands beside the routes, which describe themselves.
import { answer, bearerScheme, type DocsOptions } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import * as sessions from './login-sessions/schemas.ts';
import * as status from './status/schemas.ts';

export const VERSION = '1.0.0';

const ErrorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({
        description:
          'For programs: INVALID_TOKEN, TOKEN_EXPIRED, RATE_LIMITED, SERVER_FULL, INVALID_REQUEST, …',
      }),
      message: Type.String(),
      details: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    }),
  },
  { $id: 'Error' },
);

/** Those that routes refer to by name. */
export const SCHEMAS = [ErrorBody, ...Object.values(sessions), ...Object.values(status)];

const WS = `Opens a WebSocket, on which both sides send text frames of JSON: \`{type, data, id?, timestamp?}\`.

The access token comes as \`Authorization: Bearer …\`, as the parameter \`token\` of the query, or as the subprotocol
\`access_token.…\`, looked for in this order. What stands in the way is answered over HTTP, before the upgrade.

Clients send \`Ping\`, \`Pong\`, \`Subscribe\`, \`Unsubscribe\`, \`Broadcast\`, \`DirectMessage\` and \`Auth\`; the hub sends
\`Status\`, \`Pong\`, \`Broadcast\`, \`DirectMessage\`, \`Ack\`, \`AuthStatus\` and \`Error\`.`;

const text = { schema: { type: 'string' as const } };

export const docs: DocsOptions = {
  document: {
    openapi: '3.0.3',
    info: {
      title: 'TrafficFlux Realtime Hub',
      version: VERSION,
      description: 'Topics, broadcasts and direct messages over WebSocket, and login sessions.',
    },
    components: { securitySchemes: bearerScheme },
    // No route can describe an upgrade.
    paths: {
      '/ws': {
        get: {
          tags: ['WebSocket'],
          summary: 'Connect',
          description: WS,
          parameters: [
            { name: 'token', in: 'query', description: 'The access token.', ...text },
            { name: 'Sec-WebSocket-Protocol', in: 'header', description: '`access_token.…`', ...text },
          ],
          responses: {
            101: { description: 'The socket is open; the first frame is a Status that says `connected`.' },
            401: describeError('The token is missing or does not count.'),
            403: describeError('The token gives no right to read, or the Origin is not allowed.'),
            426: describeError('The request asks for no upgrade.'),
            503: describeError(
              'The hub is full, or a store is not available; Retry-After says when to come back.',
            ),
          },
        },
      },
    },
  },
};

function describeError(description: string) {
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

/** The errors that a route may answer, by status. */
export function errorAnswers(...statuses: (keyof typeof ERRORS)[]) {
  return Object.fromEntries(statuses.map((status) => [status, answer(ERRORS[status], Type.Ref('Error'))]));
}

const ERRORS = {
  400: 'INVALID_REQUEST: the request breaks a rule; `details.field` names the field.',
  401: 'INVALID_TOKEN, TOKEN_EXPIRED, or INVALID_CREDENTIALS for a wrong username or password.',
  403: 'FORBIDDEN: it is of another user.',
  404: 'NOT_FOUND: there is nothing of this name.',
  413: 'BODY_TOO_LARGE: more than 64 KiB.',
  415: 'UNSUPPORTED_MEDIA_TYPE: it is not application/json.',
  429: 'RATE_LIMITED: too many; Retry-After says when to come back.',
  503: 'A store is not available; Retry-After says when to come back.',
} as const;
