// Tokens of the peers: JWTs signed with HS256, as ours are, checked by as little code as it takes.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const PEER_SECRET = 'a secret of the benchmark, longer than 32 bytes';

export function signPeerToken(userId: string): string {
  const body = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: userId, exp: Math.floor(Date.now() / 1000) + 86_400 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = body.join('.');
  return `${text}.${sign(text).toString('base64url')}`;
}

/** Whether we signed it and it has not expired. */
export function isPeerToken(token: string): boolean {
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = sign(token.slice(0, end));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  return claims.exp > Date.now() / 1000;
}

function sign(text: string): Buffer {
  return createHmac('sha256', PEER_SECRET).update(text).digest();
}
