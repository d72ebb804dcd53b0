// The body of a request as an object of fields. Its sentences are those of the documented service.
import { badRequest, NO_DATA } from '../errors.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Parses a body: nothing, `null` and `{}` are no data; anything but an object is refused. */
export function parseBody(body: unknown): Body {
  if (body === undefined || body === null) throw badRequest(NO_DATA);
  if (!isObject(body)) throw badRequest('Request body must be a JSON object');
  if (Object.keys(body).length === 0) throw badRequest(NO_DATA);
  return body;
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null stands for an absent field. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

export function requireFields(body: Body, ...fields: string[]): void {
  for (const field of fields) {
    if (isAbsent(body[field])) throw badRequest(`Missing required field: ${field}`);
  }
}

/** `rule` goes on after the name: `must be …`. */
export function invalid(label: string, rule: string) {
  return badRequest(`Invalid ${label}: ${rule}`);
}
