// Tokens as an attacker would make them: any header, any claims, any key.
import { createHmac } from 'node:crypto';
import { TEST_SECRET } from '@trafficflux/tooling/test-stores';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** `claims` may be JSON text, for what JSON.stringify cannot write. */
export function forge(claims: unknown, header: object = {}, key: string = TEST_SECRET): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** The claims of a good token, with changes. */
export function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { user_id: 1, iat: now, exp: now + 3600, iss: 'trafficflux', aud: 'books-api', ...changes };
}
