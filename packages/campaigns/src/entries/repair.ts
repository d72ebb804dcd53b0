// Texts that JSON could carry and readers could not (F67): a half of a surrogate pair and NUL become U+FFFD.
import type { JsonValue } from '../plan.ts';

export function repairText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** The same for every text in a value, keys too. */
export function repair<Value extends JsonValue>(value: Value): Value;
export function repair(value: JsonValue): JsonValue {
  if (typeof value === 'string') return repairText(value);
  if (Array.isArray(value)) return value.map((each) => repair(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [repairText(key), repair(each)]));
}

/** A text as JSON. */
export function quote(text: string): string {
  return JSON.stringify(repairText(text));
}
