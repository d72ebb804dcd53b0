// Where a client may put its token (contracts 4.3): the Authorization header, the query, or a subprotocol.
import type { FastifyRequest } from 'fastify';
import { offeredProtocols, readTokenProtocol } from './subprotocol.ts';

const BEARER = /^bearer +(\S+) *$/i;

/** The first of the places that has one; null without any. An empty string is a token too, and not a good one. */
export function findToken(request: Pick<FastifyRequest, 'headers' | 'query'>): string | null {
  return (
    BEARER.exec(request.headers.authorization ?? '')?.[1] ??
    findInQuery(request.query) ??
    offeredProtocols(request.headers)
      .map(readTokenProtocol)
      .find((token) => token !== null) ??
    null
  );
}

function findInQuery(query: unknown): string | null {
  const { token, access_token: accessToken } = query as Readonly<Record<string, unknown>>;
  const given = token ?? accessToken;
  if (given === undefined) return null;
  // Given twice, it is an array, and nobody can say which one counts.
  return typeof given === 'string' ? given : '';
}
