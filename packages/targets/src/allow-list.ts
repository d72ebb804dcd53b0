/** The hosts that traffic may go to (H7), as the operator listed them. */
import { BlockedTargetError } from './blocked-target-error.ts';
import { parseHostEntry } from './host-entry.ts';
import { judgeTarget } from './judge-target.ts';

export interface AllowList {
  /** Names in lower case and punycode; IPv6 addresses normalised and without brackets. */
  readonly hosts: ReadonlySet<string>;
  /**
   * Whether this URL may be visited, as far as it can be told before a look-up. A text is judged as it was written
   * too: `http://2130706433/` is refused although `URL` reads it as 127.0.0.1, so do not parse it before.
   */
  allows(url: string | URL): boolean;
  /**
   * The URL that a text names; with `base` also a relative one, as in a Location header.
   *
   * @throws {BlockedTargetError} why it may not be visited
   */
  parseTarget(text: string | URL, base?: URL): URL;
}

/**
 * Parses a list of host names, IPv4 and IPv6 addresses between commas or spaces. An empty one allows nothing.
 *
 * @throws {TypeError} a sentence that names the wrong entry
 */
export function parseAllowList(text: string): AllowList {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  const hosts: ReadonlySet<string> = new Set(entries.map(parseHostEntry));
  return {
    hosts,
    allows: (url) => judgeTarget(url, hosts).allowed,
    parseTarget(target, base) {
      const verdict = judgeTarget(target, hosts, base);
      if (!verdict.allowed) throw new BlockedTargetError(verdict.reason);
      return verdict.url;
    },
  };
}
