/** Where a redirect leads, and what of the request goes there: HTTP-redirect fetch of the fetch standard (§4.4). */
import { toBasic } from '../http/url.ts';

/** One request on the way to an answer. */
export interface Hop {
  /** Without a name or password: those are in the Authorization header. */
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

/** A redirect is followed so often; one more is a failure. */
export const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const SAFE_FOR_303 = new Set(['GET', 'HEAD']);
/** "Request-body-header names" of the fetch standard. */
const OF_THE_BODY = new Set(['content-encoding', 'content-language', 'content-location', 'content-type']);
/** What is meant for one origin: scheme, host and port. */
const OF_THE_ORIGIN = new Set(['authorization', 'cookie', 'host', 'proxy-authorization']);

/** The next hop; null if the answer is the end of the way. Throws a TypeError for a place that cannot be gone to. */
export function followRedirect(hop: Hop, status: number, location: string | undefined): Hop | null {
  if (!REDIRECTS.has(status) || location === undefined) return null;
  const url = toPlace(location, hop.url);
  const becomesGet =
    ((status === 301 || status === 302) && hop.method === 'POST') ||
    (status === 303 && !SAFE_FOR_303.has(hop.method));
  const leaves = url.origin !== hop.url.origin;
  const headers = hop.headers.filter(([name]) => {
    const known = name.toLowerCase();
    return !(becomesGet && OF_THE_BODY.has(known)) && !(leaves && OF_THE_ORIGIN.has(known));
  });
  return toHop({
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers,
    body: becomesGet ? '' : hop.body,
  });
}

/** Moves a name and password of the URL into the Authorization header, unless that was set by hand. */
export function toHop(hop: Hop): Hop {
  const authorization = toBasic(hop.url);
  if (authorization === undefined) return hop;
  const url = new URL(hop.url);
  url.username = '';
  url.password = '';
  const isSet = hop.headers.some(([name]) => name.toLowerCase() === 'authorization');
  return isSet
    ? { ...hop, url }
    : { ...hop, url, headers: [...hop.headers, ['Authorization', authorization]] };
}

function toPlace(location: string, base: URL): URL {
  // Servers send what is not ASCII as bytes of UTF-8, which came here as latin1.
  const decoded = Buffer.from(location, 'latin1').toString('utf8');
  const text = decoded.includes('\ufffd') ? location : decoded;
  if (!URL.canParse(text, base.href)) throw new TypeError('The redirect leads to no valid URL.');
  const url = new URL(text, base);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new TypeError(`The redirect leads to ${url.protocol}, which is not followed.`);
}
