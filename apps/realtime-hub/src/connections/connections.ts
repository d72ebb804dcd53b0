// All connections of this node, by their user and by their login session.
import type { TokenBucket } from '../limits/token-bucket.ts';
import type { Connection } from './connection.ts';

interface User {
  readonly bucket: TokenBucket;
  readonly connections: Set<Connection>;
}

/** A place that was taken for a connection before it was let in. */
export interface Place {
  /** Gives it back; once, however often it is called. */
  free(): void;
}

export class Connections {
  readonly #limit: number;
  readonly #all = new Set<Connection>();
  readonly #users = new Map<string, User>();
  readonly #sessions = new Map<string, Set<Connection>>();
  #places = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#all.values();
  }

  /** Null when the node is full: also those who are just being let in have a place. */
  takePlace(): Place | null {
    if (this.#places >= this.#limit) return null;
    this.#places++;
    let isTaken = true;
    return {
      free: () => {
        if (isTaken) this.#places--;
        isTaken = false;
      },
    };
  }

  /** The bucket that all connections of a user share. */
  bucketOf(userId: string, create: () => TokenBucket): TokenBucket {
    return this.#users.get(userId)?.bucket ?? create();
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    const { access, allowance } = connection;
    if (access === null || allowance.user === null) return;
    const user = this.#users.get(access.userId) ?? { bucket: allowance.user, connections: new Set() };
    this.#users.set(access.userId, user);
    user.connections.add(connection);
    this.#addToSession(access.sessionId, connection);
  }

  remove(connection: Connection): void {
    if (!this.#all.delete(connection) || connection.access === null) return;
    const { userId, sessionId } = connection.access;
    const user = this.#users.get(userId);
    user?.connections.delete(connection);
    if (user?.connections.size === 0) this.#users.delete(userId);
    this.#removeFromSession(sessionId, connection);
  }

  /** After `access` was replaced: a new token may belong to another login of the same user. */
  moveToSession(connection: Connection, from: string, to: string): void {
    this.#removeFromSession(from, connection);
    this.#addToSession(to, connection);
  }

  ofUser(userId: string): Iterable<Connection> {
    return this.#users.get(userId)?.connections ?? [];
  }

  /** A copy: whoever walks it may close them. */
  ofSession(sessionId: string): readonly Connection[] {
    return [...(this.#sessions.get(sessionId) ?? [])];
  }

  #addToSession(sessionId: string, connection: Connection): void {
    const known = this.#sessions.get(sessionId);
    if (known === undefined) this.#sessions.set(sessionId, new Set([connection]));
    else known.add(connection);
  }

  #removeFromSession(sessionId: string, connection: Connection): void {
    const known = this.#sessions.get(sessionId);
    known?.delete(connection);
    if (known?.size === 0) this.#sessions.delete(sessionId);
  }
}
