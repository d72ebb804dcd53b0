/** Reads the token from the Authorization header (RFC 6750 §2.1). */
import type { IncomingMessage } from 'node:http';
import type { Tokens } from './tokens.ts';

const BEARER = /^bearer(?: +(.*))?$/i;
const AUTHORIZATION = 'authorization';

/**
 * Returns what follows `Bearer`, in any case. No header, another scheme and an empty token are `missing`; a
 * repeated header is `invalid`, because two readers of it could see two users.
 *
 * @throws {TokenError}
 */
export function readBearerToken(message: IncomingMessage, tokens: Tokens): string {
  const token = BEARER.exec(message.headers.authorization ?? '')?.[1]?.trim();
  if (token === undefined || token === '') throw tokens.createError('missing');
  if (isRepeated(message.rawHeaders)) throw tokens.createError('invalid');
  return token;
}

/** Node keeps the first of several and drops the others silently; the raw list still has them all. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count++;
  }
  return count > 1;
}
