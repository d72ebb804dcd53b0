/** Parameters of the engine's methods, checked before anything starts. */

/** Throws a RangeError unless it is a whole number from `lowest` on; a TypeError where it is no number at all. */
export function assertCount(name: string, value: unknown, lowest = 1): number {
  if (typeof value !== 'number')
    throw new TypeError(`Expected ${name} to be a whole number, got ${String(value)}.`);
  if (Number.isSafeInteger(value) && value >= lowest) return value;
  throw new RangeError(`Expected ${name} to be a whole number from ${lowest} on, got ${value}.`);
}

/** Throws a RangeError unless it is above 0, or where allowed 0; a TypeError where it is no number at all. */
export function assertSeconds(name: string, value: unknown, mayBeZero = false): number {
  if (typeof value !== 'number')
    throw new TypeError(`Expected ${name} to be a number of seconds, got ${String(value)}.`);
  if (Number.isFinite(value) && (value > 0 || (mayBeZero && value === 0))) return value;
  throw new RangeError(
    `Expected ${name} to be ${mayBeZero ? '0 or more' : 'above 0'} seconds, got ${value}.`,
  );
}
