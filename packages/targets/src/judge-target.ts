/** Whether a URL may be visited: judged on the text as it was written, and on what `URL` made of it. */
import { isIPv4 } from 'node:net';

export type Verdict =
  | { readonly allowed: true; readonly url: URL }
  | { readonly allowed: false; readonly reason: string };

const WITH_AUTHORITY = /^(?:([a-z][a-z0-9+.-]*):)?\/\/([^/?#]*)/i;
const WITH_SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/**
 * Judges an absolute URL or, with `base`, a reference as it stands in a Location header or in a link.
 *
 * `URL` reads `http://0x7f.1/`, `http:\\127.1` and `http://%6cocalhost/` as loopback. Nobody writes a host like
 * that unless a filter shall be passed, so the text must name the very host that `URL` found.
 */
export function judgeTarget(target: string | URL, hosts: ReadonlySet<string>, base?: URL): Verdict {
  const parsed = target instanceof URL ? { allowed: true as const, url: target } : readText(target, base);
  return parsed.allowed ? judgeParsed(parsed.url, hosts) : parsed;
}

function readText(text: string, base: URL | undefined): Verdict {
  const trimmed = text.trim();
  const scheme = (WITH_SCHEME.exec(trimmed)?.[1] ?? base?.protocol.slice(0, -1))?.toLowerCase();
  if (scheme === undefined || !URL.canParse(trimmed, base?.href)) return refuse('This is no URL.');
  if (scheme !== 'http' && scheme !== 'https') return refuseScheme(scheme);
  const url = new URL(trimmed, base);
  return isPlain(trimmed, url, base) ? { allowed: true, url } : refuseForm(url);
}

/** No characters that `URL` drops or turns, and a host that is the one that was found. */
function isPlain(text: string, url: URL, base: URL | undefined): boolean {
  const [beforeQuery = ''] = text.split(/[?#]/, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text) || beforeQuery.includes('\\')) return false;
  const authority = WITH_AUTHORITY.exec(text)?.[2];
  if (authority !== undefined) return isSameHost(withoutPort(authority), url.hostname);
  return base !== undefined && !WITH_SCHEME.test(text) && url.origin === base.origin;
}

function withoutPort(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
}

function isSameHost(written: string, found: string): boolean {
  if (found.startsWith('[')) return written.startsWith('[');
  if (isIPv4(found)) return written === found;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  const isAscii = /^[\u0000-\u007f]*$/.test(written);
  return isAscii ? written.toLowerCase() === found : found.includes('xn--');
}

function judgeParsed(url: URL, hosts: ReadonlySet<string>): Verdict {
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https') return refuseScheme(scheme);
  if (url.username !== '' || url.password !== '')
    return refuse('A URL with a user name or a password is not visited.');
  if (!hosts.has(toHost(url.hostname))) return refuse(`${toHost(url.hostname)} is not on TARGET_ALLOWLIST.`);
  return { allowed: true, url };
}

/** The host of a URL as the list holds it: without the brackets of IPv6. */
export function toHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function refuse(reason: string): Verdict {
  return { allowed: false, reason };
}

function refuseScheme(scheme: string): Verdict {
  return refuse(`Only http and https are visited, not ${scheme.slice(0, 32)}.`);
}

function refuseForm(url: URL): Verdict {
  return refuse(
    `A host written in an unusual form is not visited; this one would be ${toHost(url.hostname)}.`,
  );
}
