// The OpenAPI document: what stands beside the routes, which describe themselves.
import { answer, bearerScheme, type DocsOptions } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { Author, AuthorCreate } from './authors/schemas.ts';
import { Book, BookCreate, BookUpdate } from './books/schemas.ts';
import { LoginRequest, RegisterRequest, Token } from './users/schemas.ts';

const ErrorBody = Type.Object({ error: Type.String() }, { $id: 'Error' });
/** Those that routes refer to by name; the rules stand in each feature's `fields.ts`. */
export const SCHEMAS = [
  Author,
  AuthorCreate,
  Book,
  BookCreate,
  BookUpdate,
  ErrorBody,
  LoginRequest,
  RegisterRequest,
  Token,
];

export const docs: DocsOptions = {
  document: {
    openapi: '3.0.3',
    info: {
      title: 'Books API',
      version: '1.0.0',
      description: 'Books and their authors; registered users may change them.',
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
  401: 'The token is missing, invalid or expired, or the password is wrong.',
  403: 'Only the owner may do this.',
  404: 'There is no such thing.',
  409: 'It exists already.',
  415: 'The body is not JSON.',
  429: 'Too many failed logins; Retry-After says when to come back.',
  503: 'The database is not available; Retry-After says when to come back.',
} as const;

/** `{"status":"success","id":…,"message":…}`. */
export const Created = Type.Object({
  status: Type.Literal('success'),
  id: Type.Integer(),
  message: Type.String(),
});

/** `{"status":"success","message":…}`. */
export const Done = Type.Object({ status: Type.Literal('success'), message: Type.String() });

/** An id in a path: an integer in the document, digits in the route, text in the handler. */
export const DigitsParam = Type.Unsafe<string>({ type: 'integer', minimum: 0 });
