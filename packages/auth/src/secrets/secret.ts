/** Secrets that sign tokens: long and nobody else's in production, random in development. */
import { randomBytes } from 'node:crypto';
import { ConfigError } from '@trafficflux/service-kit';
import { isDocumentedSecret } from './documented-secrets.ts';

export interface SecretOptions {
  /** The variable it comes from, for the sentence. */
  readonly name: string;
  readonly value: string | undefined;
  readonly isProduction: boolean;
  /** Told when a development start makes up a secret. */
  readonly warn: (sentence: string) => void;
}

/** HS256 needs a key as long as its hash (RFC 7518 §3.2). */
const MIN_SECRET_BYTES = 32;
const HOW_TO = 'make one with `openssl rand -base64 48`';

/**
 * Returns the secret; outside production a missing one is made up, and tokens end with the process.
 *
 * @throws {ConfigError} in production, when it is missing, shorter than 32 bytes or a documented example
 */
export function getSecret(options: SecretOptions): string {
  const { name, value, isProduction, warn } = options;
  if (value === undefined || value === '') {
    if (isProduction)
      throw new ConfigError(`${name} must be set in production, but it is missing: ${HOW_TO}.`);
    warn(`${name} is not set: tokens are signed with a random secret and end with this process.`);
    return randomBytes(MIN_SECRET_BYTES).toString('base64url');
  }
  if (isProduction) assertStrong(name, value);
  return value;
}

function assertStrong(name: string, value: string): void {
  if (isDocumentedSecret(value)) {
    throw new ConfigError(`${name} must not be an example from a document in production: ${HOW_TO}.`);
  }
  const length = Buffer.byteLength(value);
  if (length < MIN_SECRET_BYTES) {
    throw new ConfigError(
      `${name} must be at least ${MIN_SECRET_BYTES} bytes long in production, but it has ${length}: ${HOW_TO}.`,
    );
  }
}
