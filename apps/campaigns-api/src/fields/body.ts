// The body of a request as an object of fields. Its sentences are those of the documented service.
import { isStorableText } from '@trafficflux/service-kit';
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
export function isAbsent(body: Body, field: string): boolean {
  return body[field] === undefined || body[field] === null;
}

/** A required text, kept as it is; blank ones are refused. */
export function requireText(body: Body, field: string, maxLength: number): string {
  if (isAbsent(body, field)) throw badRequest(`Missing required field: ${field}`);
  const value = body[field];
  if (typeof value !== 'string' || value.trim() === '') throw invalid(field, 'must be a non-empty string');
  return checkText(field, value, maxLength);
}

/** `maxLength` counts code points. */
export function checkText(field: string, value: string, maxLength: number): string {
  if (!isStorableText(value)) throw invalid(field, 'must not contain NUL or unpaired surrogates');
  if (value.length > maxLength && [...value.slice(0, 2 * maxLength + 1)].length > maxLength)
    throw invalid(field, `must not exceed ${maxLength} characters`);
  return value;
}

/** `rule` goes on after the name: `must be …`. */
export function invalid(field: string, rule: string) {
  return badRequest(`Invalid ${field}: ${rule}`);
}
