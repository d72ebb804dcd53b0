// What must stand in the bodies of /sessions and /sessions/refresh.
import { invalidRequest } from '../errors.ts';

/** @throws {AppError} 400 `INVALID_REQUEST`, with the field in its details */
export function parseCredentials(body: unknown): { readonly username: string; readonly password: string } {
  const fields = toFields(body);
  return { username: readText(fields, 'username'), password: readText(fields, 'password') };
}

/** @throws {AppError} 400 `INVALID_REQUEST`, with the field in its details */
export function parseRefreshToken(body: unknown): string {
  return readText(toFields(body), 'refresh_token');
}

function toFields(body: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!isObject) throw invalidRequest('The request body must be a JSON object.');
  return body as Record<string, unknown>;
}

function readText(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined) throw invalidRequest(`Field '${name}' is required`, name);
  if (typeof value !== 'string') throw invalidRequest(`Field '${name}' must be a string`, name);
  if (value.trim() === '') throw invalidRequest(`Field '${name}' must not be blank`, name);
  return value;
}
