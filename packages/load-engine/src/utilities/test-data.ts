/** Made-up records from a template. */
import { randomInt, randomUUID } from 'node:crypto';

const FILLERS: Readonly<Record<string, (index: number) => string>> = {
  INDEX: String,
  UUID: () => randomUUID(),
  /** Seconds since 1970. */
  TIMESTAMP: () => String(Math.floor(Date.now() / 1000)),
  DATETIME: () => new Date().toISOString(),
  RANDOM_INT: () => String(randomInt(1, 1001)),
};

/**
 * As many copies of the template, with what stands in its texts replaced: `${INDEX}` (from 0), `${UUID}`,
 * `${TIMESTAMP}` (Unix seconds), `${DATETIME}` (ISO 8601) and `${RANDOM_INT}` (1 to 1,000). Objects and lists in it are
 * filled too; what is unknown stays as it is.
 */
export function generateTestData<Template extends object>(count: number, template: Template): Template[] {
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`expected count to be a whole number of 0 or more, got ${String(count)}`);
  }
  return Array.from({ length: count }, (_, index) => fill(template, index) as Template);
}

function fill(value: unknown, index: number): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Z_]+)\}/g, (found, name: string) => {
      return Object.hasOwn(FILLERS, name) ? (FILLERS[name]?.(index) ?? found) : found;
    });
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, index));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, index)]));
}
