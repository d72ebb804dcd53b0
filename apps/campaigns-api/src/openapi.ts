// The OpenAPI document: what stands beside the routes, which describe themselves.
import { answer, bearerScheme, type DocsOptions } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import * as campaigns from './campaigns/schemas.ts';
import * as logs from './logs/schemas.ts';
import * as profiles from './profiles/schemas.ts';
import * as tests from './test-traffic/schemas.ts';
import * as traffic from './traffic/schemas.ts';

export const VERSION = '1.0.0';

const ErrorBody = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.String(),
    message: Type.String({ description: 'The same sentence.' }),
  },
  { $id: 'Error', description: 'Some errors say more, for example `campaign_id` and `current_status`.' },
);

/** Those that routes refer to by name; the rules stand in each feature's `fields.ts`. */
export const SCHEMAS = [
  ErrorBody,
  ...Object.values(campaigns),
  ...Object.values(profiles),
  ...Object.values(logs),
  ...Object.values(traffic),
  ...Object.values(tests),
];

export const docs: DocsOptions = {
  document: {
    openapi: '3.0.3',
    info: {
      title: 'Traffic Campaigns API',
      version: VERSION,
      description: 'Creates, starts, steers and reports traffic campaigns.',
    },
    components: { securitySchemes: bearerScheme },
  },
};

/** The errors that a route may answer, by status. */
export function errorAnswers(...statuses: (keyof typeof ERRORS)[]) {
  return Object.fromEntries(statuses.map((status) => [status, answer(ERRORS[status], Type.Ref('Error'))]));
}

const ERRORS = {
  400: 'The request breaks a rule; `error` says which.',
  401: 'The token is missing, invalid or expired, or the user name or the password is wrong.',
  403: 'The account or the target is not allowed to take part.',
  404: 'There is no such thing.',
  409: 'The state of the campaign does not allow it.',
  413: 'The body is too large.',
  429: 'Too many failed logins; Retry-After says when to come back.',
  500: 'Something went wrong on our side.',
  503: 'A store is not available; Retry-After says when to come back.',
} as const;
