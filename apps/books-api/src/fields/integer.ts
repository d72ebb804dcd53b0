// Fields and path segments that hold whole numbers.
import { type Body, badRequest, requireFields } from './body.ts';

/** What PostgreSQL's `integer` holds. */
export const MAX_ID = 2 ** 31 - 1;

/** Parses a required id: 1 … 2147483647. */
export function parseId(body: Body, field: string): number {
  requireFields(body, field);
  const id = parseInteger(body, field);
  if (id < 1 || id > MAX_ID) throw badRequest(`Field '${field}' must be an integer`);
  return id;
}

/** Parses a JSON number without a fraction; booleans and numeric strings are no integers. */
export function parseInteger(body: Body, field: string): number {
  const value = body[field];
  if (!Number.isInteger(value)) throw badRequest(`Field '${field}' must be an integer`);
  return value as number;
}

/** An id in a path, which the router let pass as digits: null when nothing can have it. */
export function toExistingId(digits: string): number | null {
  const id = Number(digits);
  return id >= 1 && id <= MAX_ID ? id : null;
}
