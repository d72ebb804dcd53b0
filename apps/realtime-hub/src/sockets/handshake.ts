// What a request must have to become a WebSocket (RFC 6455 §4.2.1).
import type { IncomingMessage } from 'node:http';

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const TOKEN_LIST = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*,[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/;

export function isHandshake({ headers, httpVersion }: IncomingMessage): boolean {
  const protocols = headers['sec-websocket-protocol'];
  return (
    httpVersion === '1.1' &&
    headers.host !== undefined &&
    headers['sec-websocket-version'] === '13' &&
    KEY.test(headers['sec-websocket-key'] ?? '') &&
    (protocols === undefined || isProtocolList(protocols))
  );
}

/** Names, each once. */
function isProtocolList(text: string): boolean {
  if (!TOKEN_LIST.test(text)) return false;
  const names = text.split(',').map((name) => name.trim());
  return new Set(names).size === names.length;
}
