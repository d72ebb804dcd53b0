// Tokens as an attacker would make them: any header, any claims, any key.
import { createHmac } from 'node:crypto';
import { TEST_SECRET } from '../test-stores/test-secret.ts';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** `claims` may be JSON text, for what JSON.stringify cannot write. */
export function forgeToken(claims: unknown, header: object = {}, key: string = TEST_SECRET): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** The claims of a good token for an audience, with changes. */
export function toClaims(audience: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now, exp: now + 3600, iss: 'trafficflux', aud: audience, ...changes };
}
