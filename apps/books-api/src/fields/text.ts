// Fields that hold text.
import { isStorableText } from '@trafficflux/service-kit';
import { type Body, badRequest, requireFields } from './body.ts';

/** Parses a required text and takes the spaces off its ends. */
export function parseText(body: Body, field: string, maxLength: number): string {
  requireFields(body, field);
  return parseVerbatimText(body, field, maxLength).trim();
}

/** Parses a text that is kept with the spaces at its ends. */
export function parseVerbatimText(body: Body, field: string, maxLength: number): string {
  const value = body[field];
  if (typeof value !== 'string' || value.trim() === '') {
    throw badRequest(`Field '${field}' must be a non-empty string`);
  }
  assertFits(`Field '${field}'`, value, maxLength);
  return value;
}

/** `subject` begins the sentence, for example `Field 'title'`. */
export function assertFits(subject: string, value: string, maxLength: number): void {
  if (!isStorableText(value)) throw badRequest(`${subject} must not contain NUL or unpaired surrogates`);
  if (isLongerThan(value, maxLength)) throw badRequest(`${subject} must not exceed ${maxLength} characters`);
}

/** A character is a code point, as it is for PostgreSQL; in a JavaScript string it takes one or two units. */
function isLongerThan(value: string, maxLength: number): boolean {
  if (value.length <= maxLength) return false;
  return value.length > 2 * maxLength || [...value].length > maxLength;
}
