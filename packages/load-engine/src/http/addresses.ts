// The addresses of one host: looked up once for many connections, the one that answered last tried first.
import { lookup } from 'node:dns';
import { isIP } from 'node:net';

type Waiter = (error: Error | null, addresses: readonly string[]) => void;

/** Long enough that a run of many connections asks once, short enough to follow a failover. */
const KEEP_MS = 30_000;

export class Addresses {
  private readonly hostname: string;
  private known: readonly string[] = [];
  private expiresAt = 0;
  private waiters: Waiter[] = [];

  constructor(hostname: string) {
    this.hostname = hostname;
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
      lookup(this.hostname, { all: true }, (error, found) => this.answer(error, found));
  }

  /** Puts the address that accepted a connection first, so that a dead sibling costs one attempt only. */
  prefer(address: string): void {
    if (this.known[0] !== address) this.known = [address, ...this.known.filter((other) => other !== address)];
  }

  private answer(error: Error | null, found: readonly { readonly address: string }[]): void {
    const waiters = this.waiters;
    this.waiters = [];
    if (error === null) {
      this.known = found.map(({ address }) => address);
      this.expiresAt = performance.now() + KEEP_MS;
    }
    for (const waiter of waiters) waiter(error, this.known);
  }
}
