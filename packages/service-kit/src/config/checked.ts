/** Values that only their user can judge, for example the address of a store. */
import { ConfigError } from './config-error.ts';

/**
 * Returns the text when `check` takes it. The sentence of what `check` throws is shown, so it must not repeat a secret.
 *
 * @throws {ConfigError} one sentence that names the variable
 */
export function checked(name: string, text: string, check: (text: string) => unknown): string {
  try {
    check(text);
    return text;
  } catch (error) {
    throw new ConfigError(`${name} is not usable. ${error instanceof Error ? error.message : ''}`, error);
  }
}

/** @throws {TypeError} a sentence without the address, which may hold a password */
export function checkRedisUrl(text: string): void {
  const isRedis = URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol);
  if (!isRedis) throw new TypeError('It must look like redis://:password@host:6379.');
}

/**
 * Reads origins with spaces or commas between them. An asterisk is none: pages of strangers would count as ours.
 *
 * @throws {ConfigError} one sentence that names the variable and the entry
 */
export function parseOrigins(name: string, text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (URL.canParse(entry) && new URL(entry).origin === entry.toLowerCase()) return entry.toLowerCase();
      throw new ConfigError(
        `${name} must list origins such as https://example.com, but "${entry}" is on it.`,
      );
    });
}
