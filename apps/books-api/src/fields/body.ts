// The body of a request as an object of fields. Its sentences are those of the documented service.
import { AppError } from '@trafficflux/service-kit';

export type Body = Readonly<Record<string, unknown>>;

export const BODY_MUST_BE_JSON = 'Request body must be JSON';

/** Parses a body: any JSON but a non-empty object is refused, as `{}`, `[]` and `null` are. */
export function parseBody(body: unknown): Body {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!isObject || Object.keys(body).length === 0) throw badRequest(BODY_MUST_BE_JSON);
  return body as Body;
}

/** Null stands for an absent field. */
export function isAbsent(body: Body, field: string): boolean {
  return body[field] === undefined || body[field] === null;
}

export function requireFields(body: Body, ...fields: string[]): void {
  for (const field of fields) {
    if (isAbsent(body, field)) throw badRequest(`Field '${field}' is required`);
  }
}

export function badRequest(message: string): AppError {
  return new AppError('bad-request', message);
}
