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
