// The addresses of one host: looked up once for many connections, the one that answered last tried first.
import { type LookupAddress, lookup as lookupBySystem } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** The shape of `dns.lookup` that gives all addresses of a name. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** Turns what sockets call a look-up, which may answer with one address, into ours. */
export function toLookup(lookup: LookupFunction): Lookup {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family = 4) =>
      callback(error, Array.isArray(found) ? found : [{ address: found, family }]),
    );
}

type Waiter = (error: Error | null, addresses: readonly string[]) => void;

/** Long enough that a run of many connections asks once, short enough to follow a failover. */
const KEEP_MS = 30_000;

export class Addresses {
  private readonly hostname: string;
  private readonly lookup: Lookup;
  private known: readonly string[] = [];
  private expiresAt = 0;
  private waiters: Waiter[] = [];

  constructor(hostname: string, lookup: Lookup = lookupBySystem) {
    this.hostname = hostname;
    this.lookup = lookup;
    if (isIP(hostname) !== 0) {
      this.known = [hostname];
      this.expiresAt = Number.POSITIVE_INFINITY;
    }
  }

  /** Calls back at once where the addresses are known, else when the system's resolver has answered. */
  resolve(callback: Waiter): void {
    if (performance.now() < this.expiresAt) {
      callback(null, this.known);
      return;
    }
    this.waiters.push(callback);
    if (this.waiters.length === 1)
      this.lookup(this.hostname, { all: true }, (error, found) => this.answer(error, found));
  }

  /** Puts the address that accepted a connection first, so that a dead sibling costs one attempt only. */
  prefer(address: string): void {
    if (this.known[0] !== address) this.known = [address, ...this.known.filter((other) => other !== address)];
  }

  private answer(error: Error | null, found: readonly LookupAddress[]): void {
    const waiters = this.waiters;
    this.waiters = [];
    if (error === null) {
      const [preferred] = this.known;
      this.known = found.map(({ address }) => address);
      if (preferred !== undefined && this.known.includes(preferred)) this.prefer(preferred);
      this.expiresAt = performance.now() + KEEP_MS;
    }
    for (const waiter of waiters) waiter(error, this.known);
  }
}
