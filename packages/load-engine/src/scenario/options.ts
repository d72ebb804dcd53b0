/** Overrides of a scenario's options, turned into the types of their defaults. */
import type { ScenarioOptions } from './define.ts';

/**
 * The defaults with the overrides in their place. Throws a RangeError that names the known options for an unknown
 * name, and the expected type for a value that does not fit.
 */
export function resolveOptions(
  defaults: ScenarioOptions,
  overrides: Readonly<Record<string, unknown>>,
): ScenarioOptions {
  const resolved: Record<string, string | number | boolean> = { ...defaults };
  for (const [name, value] of Object.entries(overrides)) {
    const fallback = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    if (fallback === undefined)
      throw new RangeError(`unknown scenario option "${name}": ${listOptions(defaults)}`);
    resolved[name] = toTypeOf(fallback, value, name);
  }
  return resolved;
}

function toTypeOf(
  fallback: string | number | boolean,
  value: unknown,
  name: string,
): string | number | boolean {
  if (typeof value === typeof fallback && !Number.isNaN(value)) return value as string | number | boolean;
  const text = String(value).trim();
  if (typeof fallback === 'string') return String(value);
  if (typeof fallback === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof fallback === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const expected = typeof fallback === 'number' ? 'a number' : 'true or false';
  throw new RangeError(`expected the scenario option "${name}" to be ${expected}, got "${String(value)}"`);
}

function listOptions(defaults: ScenarioOptions): string {
  const known = Object.entries(defaults).map(([name, value]) => `${name}=${value}`);
  return known.length === 0 ? 'this scenario has none' : `this scenario has ${known.join(', ')}`;
}
