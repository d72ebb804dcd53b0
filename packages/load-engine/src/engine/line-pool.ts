/**
 * The lines of an engine: never more than its `maxConnections`, so never more sockets. Who finds none waits, and is
 * served in the order of asking. A line that is free and leads elsewhere gives its place to one that is needed.
 */
import { createDeferred } from '../deferred.ts';
import { LoadEngineError } from '../errors.ts';
import type { Line, Route } from './line.ts';

const CLOSED = 'The engine is closed.';

interface Waiter {
  readonly route: Route;
  readonly resolve: (line: Line) => void;
  readonly reject: (reason: unknown) => void;
}

export class LinePool {
  readonly limit: number;
  readonly #create: (route: Route) => Line;
  readonly #all = new Set<Line>();
  /** Lines with room for a request, by key; the one used last at the end. */
  readonly #open = new Map<string, Line[]>();
  /** Lines without any request, the longest unused first. */
  readonly #idle = new Set<Line>();
  readonly #waiters = new Set<Waiter>();
  /** Places in use: by lines, by those whose sockets are not gone yet, and by load runs. */
  #count = 0;
  #onPlace: (() => void)[] = [];
  #isClosed = false;

  constructor(limit: number, create: (route: Route) => Line) {
    this.limit = limit;
    this.#create = create;
  }

  /** A line for one request; give it back with `release`. Rejects with the signal's reason once it is aborted. */
  take(route: Route, signal: AbortSignal): Promise<Line> {
    const { promise, resolve, reject } = createDeferred<Line>();
    const waiter: Waiter = { route, resolve, reject };
    const leave = (): void => {
      this.#waiters.delete(waiter);
      reject(signal.reason);
    };
    if (signal.aborted) {
      leave();
      return promise;
    }
    signal.addEventListener('abort', leave, { once: true });
    this.#waiters.add(waiter);
    this.#serve();
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** `isSound` false: the line broke, or was cut off in the middle of an answer. */
  release(line: Line, isSound: boolean): void {
    line.inUse -= 1;
    if (!isSound) {
      void this.#end(line);
    } else if (this.#all.has(line)) {
      line.isUsed = true;
      this.#offer(line);
      this.#serve();
    }
  }

  /**
   * Takes places out of the pool for connections of other kinds: as many as are free, idle lines counted, up to
   * `wanted`; it waits until there is one. Give them back with `giveBack`.
   */
  async lend(wanted: number): Promise<number> {
    for (;;) {
      if (this.#isClosed) throw new LoadEngineError('engine-closed', CLOSED);
      const missing = wanted - (this.limit - this.#count);
      await Promise.all([...this.#idle].slice(0, Math.max(0, missing)).map((line) => this.#end(line)));
      const lent = Math.min(wanted, this.limit - this.#count);
      this.#count += Math.max(0, lent);
      if (lent > 0) return lent;
      await new Promise<void>((resolve) => this.#onPlace.push(resolve));
    }
  }

  giveBack(places: number): void {
    this.#count -= places;
    this.#serve();
  }

  /** Ends all lines; later requests and those that wait are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#serve();
    await Promise.all([...this.#all].map((line) => this.#end(line)));
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (this.#isClosed) {
        this.#waiters.delete(waiter);
        waiter.reject(new Error(CLOSED));
        continue;
      }
      const line = this.#find(waiter.route) ?? this.#add(waiter.route);
      if (line === undefined) {
        this.#makeRoom();
        return;
      }
      this.#hand(line, waiter);
    }
    for (const wake of this.#onPlace.splice(0)) wake();
  }

  #hand(line: Line, waiter: Waiter): void {
    this.#waiters.delete(waiter);
    this.#idle.delete(line);
    line.inUse += 1;
    if (!line.hasRoom) this.#withdraw(line);
    waiter.resolve(line);
  }

  #find(route: Route): Line | undefined {
    return this.#open.get(toKey(route))?.at(-1);
  }

  #add(route: Route): Line | undefined {
    if (this.#count >= this.limit) return undefined;
    const line = this.#create(route);
    this.#count += 1;
    this.#all.add(line);
    this.#offer(line);
    return line;
  }

  /** Ends the line that was idle for longest. */
  #makeRoom(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) void this.#end(oldest);
  }

  /** Its place is free only when its socket is gone. */
  async #end(line: Line): Promise<void> {
    if (!this.#all.delete(line)) return;
    this.#idle.delete(line);
    this.#withdraw(line);
    await line.end();
    this.#count -= 1;
    this.#serve();
  }

  #offer(line: Line): void {
    if (line.inUse === 0) this.#idle.add(line);
    const key = toKey(line.route);
    const open = this.#open.get(key) ?? [];
    this.#open.set(key, open);
    if (!open.includes(line)) open.push(line);
  }

  #withdraw(line: Line): void {
    const key = toKey(line.route);
    const open = this.#open.get(key) ?? [];
    const at = open.lastIndexOf(line);
    if (at !== -1) open.splice(at, 1);
    if (open.length === 0) this.#open.delete(key);
  }
}

function toKey({ origin, http2, proxy }: Route): string {
  return `${origin} ${http2} ${proxy}`;
}
