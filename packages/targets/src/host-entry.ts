/** One entry of the allow-list: a host name or an address, in the one form in which hosts are compared. */
import { isIPv4, isIPv6 } from 'node:net';

const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_-]{1,63}$/;

/**
 * The host as `URL.hostname` writes it, without brackets: names in lower case and punycode, addresses normalised.
 *
 * @throws {TypeError} a sentence that names the entry and what is wrong with it
 */
export function parseHostEntry(entry: string): string {
  const bare = /^\[(.*)\]$/.exec(entry)?.[1] ?? entry;
  if (isIPv6(bare)) return parseIPv6(entry, bare);
  if (bare !== entry) throw refuse(entry, 'only an IPv6 address stands in brackets');
  return isIPv4(entry) ? entry : parseName(entry);
}

function parseIPv6(entry: string, address: string): string {
  if (address.includes('%')) throw refuse(entry, 'the zone of an address is not part of the list');
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function parseName(entry: string): string {
  const problem = findProblem(entry);
  if (problem !== null) throw refuse(entry, problem);
  const name = toHostname(entry);
  if (name === null || name.length > MAX_NAME_LENGTH || !name.split('.').every((label) => LABEL.test(label)))
    throw refuse(entry, 'that is no host name');
  // A URL reads 0x7f.1 and 2130706433 as 127.0.0.1; whoever means the address should be seen to mean it.
  if (isIPv4(name)) throw refuse(entry, `the address is written ${name}`);
  return name;
}

/** Common mistakes first, so that the sentence says more than "no host name". */
function findProblem(entry: string): string | null {
  if (entry.includes('://')) return 'the scheme is not part of the list';
  if (/^[^:]*:\d*$/.test(entry)) return 'the port is not part of the list';
  if (entry.includes('/')) return 'a path or a range of addresses is not possible';
  if (entry.includes('*')) return 'a wildcard is not possible: please list each host';
  if (entry.endsWith('.')) return 'a host name ends without a dot';
  return /[\s@:?#\\%[\]]/.test(entry) ? 'that is no host name' : null;
}

function toHostname(entry: string): string | null {
  return URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`).hostname : null;
}

function refuse(entry: string, reason: string): TypeError {
  return new TypeError(
    `TARGET_ALLOWLIST must list host names and addresses, but "${entry}" is on it: ${reason}.`,
  );
}
