// Reads the URL of a target, and turns a path into the form that may stand in a request line.

export interface TargetUrl {
  readonly secure: boolean;
  /** A name or an address, IPv6 without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The value of the Host header: the port only where it is not the scheme's own (RFC 9110 §7.2). */
  readonly hostHeader: string;
  /** `Basic …` where the URL held a name or a password. */
  readonly authorization: string | undefined;
  /** Path and query, escaped; the fragment is dropped. */
  readonly path: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach the request line
const CONTROL = /[\0-\x1f\x7f]/;
const TO_ESCAPE = /[^!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/gu;

/** Throws a `TypeError` for anything but an absolute http or https URL. */
export function parseTargetUrl(text: string): TargetUrl {
  // The URL class silently strips line breaks and tabs: a request could be smuggled past a reader's eye.
  if (CONTROL.test(text)) throw new TypeError('Expected a URL without control characters.');
  if (!URL.canParse(text)) {
    throw new TypeError(`Expected an absolute URL such as http://localhost:5000/, got "${text}".`);
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`Expected a URL that begins with http:// or https://, got "${url.protocol}//".`);
  }
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    hostHeader: url.host,
    authorization: toBasic(url),
    path: toRequestTarget(url.pathname + url.search),
  };
}

/**
 * Escapes what may not stand in a request line (RFC 3986 §3.3, §3.4) and drops the fragment; `%` stays as it is.
 * Dot segments stay too: what is measured is what was asked for. Throws a `TypeError` on control characters.
 */
export function toRequestTarget(path: string): string {
  if (CONTROL.test(path))
    throw new TypeError('Expected a path without control characters such as line breaks.');
  const end = path.indexOf('#');
  const visible = end === -1 ? path : path.slice(0, end);
  if (visible === '' || visible.startsWith('?')) return `/${escapePath(visible)}`;
  if (!visible.startsWith('/')) throw new TypeError(`Expected a path that begins with "/", got "${path}".`);
  return escapePath(visible);
}

function escapePath(path: string): string {
  return path.replace(TO_ESCAPE, (character) => encodeURIComponent(character.toWellFormed()));
}

/** The Authorization of the name and password in a URL, if it has any. */
export function toBasic(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const credentials = `${unescapePart(url.username)}:${unescapePart(url.password)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

function unescapePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
