// Subprotocols (RFC 6455 §1.9): browsers can give a token nowhere else but in the address, so it may stand here.
import type { IncomingHttpHeaders } from 'node:http';

const TOKEN_PREFIX = 'access_token.';

export function offeredProtocols(headers: IncomingHttpHeaders): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

/** The token of `access_token.<token>`; null for every other protocol. */
export function readTokenProtocol(protocol: string): string | null {
  return protocol.startsWith(TOKEN_PREFIX) ? protocol.slice(TOKEN_PREFIX.length) : null;
}

/**
 * A client that offers protocols gives up where it gets none back: the first without a token, so that no token is
 * repeated, and the token only where nothing else was offered (H9).
 */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  for (const protocol of offered) if (readTokenProtocol(protocol) === null) return protocol;
  for (const protocol of offered) return protocol;
  return false;
}
