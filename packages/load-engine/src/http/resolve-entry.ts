// Addresses that stand for a name, like curl's --resolve: a server is reached under its name before DNS knows it.
import { lookup as lookupBySystem } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

export interface ResolveEntry {
  /** In lower case; null for any. */
  readonly host: string | null;
  /** Null for any. */
  readonly port: number | null;
  readonly addresses: readonly string[];
}

const SHAPE = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5}|\*):(.+)$/;

/** Throws a TypeError for anything but `host:port:address[,address…]`. */
export function parseResolveEntry(text: string): ResolveEntry {
  const match = SHAPE.exec(text.trim());
  const [, host = '', port = '', list = ''] = match ?? [];
  const addresses = list.split(',').map((address) => address.trim().replace(/^\[(.*)\]$/, '$1'));
  const isPort = port === '*' || (Number(port) >= 1 && Number(port) <= 65_535);
  if (match === null || !isPort || addresses.some((address) => isIP(address) === 0)) {
    throw new TypeError(
      `Expected host:port:address such as shop.test:443:127.0.0.1 or *:443:[::1], got "${text}".`,
    );
  }
  return {
    host: host === '*' ? null : host.replace(/^\[(.*)\]$/, '$1').toLowerCase(),
    port: port === '*' ? null : Number(port),
    addresses,
  };
}

/** The first entry that fits a name and port; exact hosts come before `*`. */
export function findResolveEntry(
  entries: readonly ResolveEntry[],
  hostname: string,
  port: number,
): ResolveEntry | undefined {
  const name = hostname.toLowerCase();
  const fitting = entries.filter((entry) => entry.port === null || entry.port === port);
  return fitting.find(({ host }) => host === name) ?? fitting.find(({ host }) => host === null);
}

/** A look-up for connections to that port, which asks the system for every name without an entry; undefined without any. */
export function toLookupOf(entries: readonly ResolveEntry[], port: number): LookupFunction | undefined {
  if (!entries.some((entry) => entry.port === null || entry.port === port)) return undefined;
  return (hostname, options, callback) => {
    const entry = findResolveEntry(entries, hostname, port);
    if (entry === undefined) {
      lookupBySystem(hostname, options, callback);
      return;
    }
    const found = entry.addresses.map((address) => ({ address, family: isIP(address) }));
    const [first = { address: '', family: 0 }] = found;
    if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  };
}
