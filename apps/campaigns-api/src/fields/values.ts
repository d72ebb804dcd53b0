// The rules of single values. `label` is how the sentence names the place: `config.seed`.
import type { JsonObject, JsonValue } from '@trafficflux/campaigns';
import { isStorableText } from '@trafficflux/service-kit';
import { type Body, invalid, isObject } from './body.ts';

export interface Range {
  readonly least?: number;
  /** Exclusive. */
  readonly above?: number;
  readonly most: number;
}

export interface ListBounds {
  readonly items: number;
  readonly length: number;
}

export function toNumber(label: string, value: unknown, range: Range): number {
  if (typeof value === 'number' && isWithin(value, range)) return value;
  throw invalid(label, `must be a number ${describe(range)}`);
}

/** A whole number without a fraction; booleans and numeric strings are none. */
export function toInteger(label: string, value: unknown, range: Range): number {
  if (Number.isSafeInteger(value) && isWithin(value as number, range)) return value as number;
  throw invalid(label, `must be an integer ${describe(range)}`);
}

export function toBoolean(label: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(label, 'must be true or false');
}

/** Kept as it is. `maxLength` counts code points. */
export function toText(label: string, value: unknown, maxLength: number): string {
  if (typeof value !== 'string' || value.trim() === '') throw invalid(label, 'must be a non-empty string');
  if (!isStorableText(value)) throw invalid(label, 'must not contain NUL or unpaired surrogates');
  if (isLongerThan(value, maxLength)) throw invalid(label, `must not exceed ${maxLength} characters`);
  return value;
}

export function toTexts(label: string, value: unknown, { items, length }: ListBounds): string[] {
  if (!Array.isArray(value)) throw invalid(label, 'must be a list of strings');
  if (value.length > items) throw invalid(label, `must not exceed ${items} items`);
  return value.map((item, index) => toText(`${label}[${index}]`, item, length));
}

/** Any JSON object that can be stored, and comes back as it was. */
export function toJsonObject(label: string, value: unknown): JsonObject {
  if (!isObject(value)) throw invalid(label, 'must be an object');
  assertStorable(label, value);
  return value as JsonObject;
}

/** JSON text can hold what its readers cannot: 1e999, NUL, halves of surrogate pairs. */
function assertStorable(label: string, value: unknown): asserts value is JsonValue {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw invalid(label, 'must not hold such numbers');
  if (typeof value === 'string' && !isStorableText(value))
    throw invalid(label, 'must not contain NUL or unpaired surrogates');
  if (Array.isArray(value)) for (const item of value) assertStorable(label, item);
  else if (isObject(value)) assertStorableFields(label, value);
}

function assertStorableFields(label: string, value: Body): void {
  for (const [key, item] of Object.entries(value)) {
    assertStorable(label, key);
    assertStorable(label, item);
  }
}

function isWithin(value: number, { least = -Infinity, above = -Infinity, most }: Range): boolean {
  return Number.isFinite(value) && value >= least && value > above && value <= most;
}

function describe({ least, above, most }: Range): string {
  return above === undefined ? `from ${least} to ${most}` : `above ${above} and at most ${most}`;
}

/** A character is a code point; in a JavaScript string it takes one or two units. */
function isLongerThan(value: string, maxLength: number): boolean {
  if (value.length <= maxLength) return false;
  return value.length > 2 * maxLength || [...value].length > maxLength;
}
