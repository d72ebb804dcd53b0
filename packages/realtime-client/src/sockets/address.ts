// The address of the hub, and the token in its place.
import type { TokenPlace } from '../options/options.ts';
import type { Handshake } from './socket.ts';

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:' };

/**
 * Also http and https, and in a page what is relative to it.
 * @throws {TypeError} for what is no address of a WebSocket
 */
export function parseAddress(url: string): URL {
  const address = new URL(url, findPage());
  const scheme = SCHEMES[address.protocol];
  if (scheme !== undefined) address.protocol = scheme;
  if (!/^wss?:$/.test(address.protocol))
    throw new TypeError(`The address of the hub begins with ws:// or wss://, not ${address.protocol}//.`);
  // A browser refuses addresses with a fragment.
  address.hash = '';
  return address;
}

function findPage(): string | undefined {
  return (globalThis as { readonly location?: { readonly href: string } }).location?.href;
}

/** Null for anonymous connections. */
export function toHandshake(address: URL, token: string | null, place: TokenPlace): Handshake {
  if (token === null) return { url: address.href, protocols: [], headers: {} };
  if (place === 'header')
    return { url: address.href, protocols: [], headers: { authorization: `Bearer ${token}` } };
  if (place === 'subprotocol')
    return { url: address.href, protocols: [`access_token.${token}`], headers: {} };
  const withToken = new URL(address);
  withToken.searchParams.set('token', token);
  return { url: withToken.href, protocols: [], headers: {} };
}

/** Where POST /sessions/refresh is, on the host of the hub. */
export function toRefreshUrl(address: URL): string {
  const url = new URL('/sessions/refresh', address);
  url.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
  return url.href;
}
