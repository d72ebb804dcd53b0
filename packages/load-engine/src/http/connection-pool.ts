// The connections of one thread where their number is limited: whoever has none takes one that is idle, or waits for
// its turn. Who has one keeps it between requests as long as nobody else needs it.
import { type ExchangeListener, HttpConnection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { RenderedRequest } from './request.ts';
import type { HttpTarget } from './target.ts';

/** What sends the requests of one user to one target, one at a time: a connection of its own, or one of a pool's. */
export interface Sender {
  /** Reports to the listener exactly once, unless it is withdrawn. Throws only if the request before is not over. */
  send(request: RenderedRequest, keep: number): void;
  /** Takes back a request that still waits for a connection; false, and nothing happens, if there is none. */
  withdraw(): boolean;
  /** Gives the connection up for good; a request on it fails as `aborted`. */
  close(): void;
}

export class ConnectionPool {
  /** Requests that had to wait. */
  waits = 0;
  waitMaxMs = 0;
  readonly #limit: number;
  readonly #idle = new Set<PooledConnection>();
  readonly #waiting = new Set<PooledSender>();
  #count = 0;

  /** Throws a RangeError unless at least one connection is allowed. */
  constructor(limit: number) {
    if (!(limit >= 1)) throw new RangeError(`Expected a limit of at least one connection, got ${limit}.`);
    this.#limit = limit;
  }

  createSender(target: HttpTarget, listener: ExchangeListener): Sender {
    return new PooledSender(this, target, listener);
  }

  /** For a sender: a connection at once, or a place in the line. */
  ask(sender: PooledSender): void {
    const connection = this.#waiting.size > 0 ? null : this.#find(sender.target);
    if (connection === null) this.#waiting.add(sender);
    else this.#lend(connection, sender);
  }

  /** For a sender. */
  leave(sender: PooledSender): boolean {
    return this.#waiting.delete(sender);
  }

  /** For a sender: its own connection, if nobody has taken it meanwhile. */
  reuse(connection: PooledConnection, sender: PooledSender): boolean {
    if (connection.owner !== sender || !this.#idle.has(connection)) return false;
    this.#lend(connection, sender);
    return true;
  }

  /** For a connection whose exchange is over: the next in line has it before its owner asks again. */
  onIdle(connection: PooledConnection, report: () => void): void {
    const hasWaiting = this.#waiting.size > 0;
    if (!hasWaiting) this.#idle.add(connection);
    report();
    if (!hasWaiting || connection.isClosed) return;
    this.#idle.add(connection);
    this.#serveNext();
  }

  /** For a sender that is done: its connection is closed, unless somebody is about to get it. */
  drop(connection: PooledConnection): void {
    const isAwaited = this.#waiting.size > 0 && !connection.isBusy;
    if (connection.isClosed || isAwaited) return;
    this.#end(connection);
    this.#serveNext();
  }

  /** Closes the connections that carry nothing, those of senders that have gone included. */
  close(): void {
    for (const connection of this.#idle) this.#end(connection);
  }

  #serveNext(): void {
    const [next] = this.#waiting;
    if (next !== undefined) this.#serve(next);
  }

  #serve(sender: PooledSender): void {
    const connection = this.#find(sender.target);
    if (connection === null) return;
    this.#waiting.delete(sender);
    this.#lend(connection, sender);
  }

  #find(target: HttpTarget): PooledConnection | null {
    if (this.#count < this.#limit) return this.#open(target);
    // The one that was idle for longest: its owner is the likeliest to need it last.
    for (const connection of this.#idle) if (leadsTo(connection.target, target)) return connection;
    for (const connection of this.#idle) {
      this.#end(connection);
      return this.#open(target);
    }
    return null;
  }

  #open(target: HttpTarget): PooledConnection {
    this.#count += 1;
    return new PooledConnection(this, target);
  }

  #lend(connection: PooledConnection, sender: PooledSender): void {
    this.#idle.delete(connection);
    const waitedMs = sender.begin(connection);
    if (waitedMs === 0) return;
    this.waits += 1;
    this.waitMaxMs = Math.max(this.waitMaxMs, waitedMs);
  }

  #end(connection: PooledConnection): void {
    this.#idle.delete(connection);
    this.#count -= 1;
    connection.close();
  }
}

/** Loads of one run may each have a target of their own for the same server. */
function leadsTo(one: HttpTarget, other: HttpTarget): boolean {
  return (
    one === other ||
    (one.secure === other.secure && one.hostname === other.hostname && one.port === other.port)
  );
}

/** A connection that may change hands between two exchanges. */
class PooledConnection implements ExchangeListener {
  readonly target: HttpTarget;
  owner: PooledSender | null = null;
  isClosed = false;
  isBusy = false;
  readonly #pool: ConnectionPool;
  readonly #connection: HttpConnection;

  constructor(pool: ConnectionPool, target: HttpTarget) {
    this.#pool = pool;
    this.target = target;
    this.#connection = new HttpConnection(target, this);
  }

  send(request: RenderedRequest, keep: number): void {
    this.isBusy = true;
    this.#connection.send(request, keep);
  }

  onExchange(exchange: Exchange): void {
    const { owner } = this;
    this.isBusy = false;
    if (this.isClosed) owner?.report(exchange);
    else this.#pool.onIdle(this, () => owner?.report(exchange));
  }

  close(): void {
    this.isClosed = true;
    this.#connection.close();
  }
}

class PooledSender implements Sender {
  readonly target: HttpTarget;
  readonly #pool: ConnectionPool;
  readonly #listener: ExchangeListener;
  #connection: PooledConnection | null = null;
  #request: RenderedRequest | null = null;
  #keep = 0;
  #askedAt = 0;
  #waitedMs = 0;

  constructor(pool: ConnectionPool, target: HttpTarget, listener: ExchangeListener) {
    this.#pool = pool;
    this.target = target;
    this.#listener = listener;
  }

  send(request: RenderedRequest, keep: number): void {
    if (this.#request !== null)
      throw new Error('A sender carries one request at a time: wait for onExchange.');
    this.#request = request;
    this.#keep = keep;
    this.#askedAt = 0;
    if (this.#connection !== null && this.#pool.reuse(this.#connection, this)) return;
    this.#connection = null;
    this.#pool.ask(this);
    if (this.#connection === null) this.#askedAt = performance.now();
  }

  /** From the pool: sends on this connection, and says how long it waited for it. */
  begin(connection: PooledConnection): number {
    connection.owner = this;
    this.#connection = connection;
    this.#waitedMs = this.#askedAt === 0 ? 0 : performance.now() - this.#askedAt;
    if (this.#request !== null) connection.send(this.#request, this.#keep);
    return this.#waitedMs;
  }

  /** From its connection. */
  report(exchange: Exchange): void {
    this.#request = null;
    exchange.waitedMs = this.#waitedMs;
    this.#listener.onExchange(exchange);
  }

  withdraw(): boolean {
    if (!this.#pool.leave(this)) return false;
    this.#request = null;
    return true;
  }

  close(): void {
    this.withdraw();
    const connection = this.#connection;
    if (connection?.owner === this) this.#pool.drop(connection);
  }
}
