// The OpenAPI document: what stands beside the routes, which describe themselves.
import { answer, bearerScheme, type DocsOptions } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import * as automation from './automation/schemas.ts';
import * as users from './users/schemas.ts';

export const VERSION = '2.0.0';

const ErrorBody = Type.Object({ detail: Type.String() }, { $id: 'Error' });

const ValidationError = Type.Object(
  {
    detail: Type.Array(
      Type.Object({
        type: Type.String(),
        loc: Type.Array(Type.String()),
        msg: Type.String(),
        input: Type.Optional(
          Type.Unsafe<unknown>({ description: 'What came, unless it may hold a secret.', nullable: true }),
        ),
      }),
    ),
  },
  { $id: 'ValidationError' },
);

/** Those that routes refer to by name; the rules stand in each feature's `fields.ts`. */
export const SCHEMAS = [ErrorBody, ValidationError, ...Object.values(users), ...Object.values(automation)];

export const docs: DocsOptions = {
  document: {
    openapi: '3.0.3',
    info: {
      title: 'TrafficFlux Session Runner',
      version: VERSION,
      description: 'Accounts, and sessions of synthetic journeys played by a pool of threads.',
    },
    components: { securitySchemes: bearerScheme },
  },
  uiPaths: ['/docs', '/redoc'],
};

/** The errors that a route may answer, by status. */
export function errorAnswers(...statuses: (keyof typeof ERRORS)[]) {
  return Object.fromEntries(
    statuses.map((status) => {
      const schema = Type.Ref(status === 422 ? 'ValidationError' : 'Error');
      return [status, answer(ERRORS[status], schema)];
    }),
  );
}

const ERRORS = {
  400: 'The request breaks a rule, or its user is disabled; `detail` says which.',
  401: 'The token is missing or does not count, or the user name or the password is wrong.',
  403: 'The session is of another user.',
  404: 'There is no such session.',
  413: 'The body is too large.',
  422: 'The body or the query is not valid; `detail` has an item for each wrong field.',
  429: 'Too many; Retry-After says when to come back.',
  503: 'A store is not available; Retry-After says when to come back.',
} as const;
