// The fields of registration and login.
import { MAX_PASSWORD_BYTES } from '@trafficflux/auth';
import { badRequest, parseBody } from '../fields/body.ts';
import { parseText } from '../fields/text.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Both are trimmed, at registration as at login. */
export function parseCredentials(raw: unknown): Credentials {
  const body = parseBody(raw);
  const username = parseText(body, 'username', 100);
  const password = parseText(body, 'password', 255);
  // bcrypt would silently ignore what is beyond.
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw badRequest(`Field 'password' must not exceed ${MAX_PASSWORD_BYTES} bytes`);
  }
  return { username, password };
}
