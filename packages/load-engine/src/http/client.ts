// Single requests to one origin, each measured: the engine's connections for whoever decides by himself when to send.

import type { LookupFunction } from 'node:net';
import { createDeferred } from '../deferred.ts';
import { HttpConnection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { FailureCode } from './failures.ts';
import { type HeaderList, type RenderedRequest, renderRequest } from './request.ts';
import { KEEP_NOTHING } from './response-parser.ts';
import { createTarget } from './target.ts';

export interface HttpClientOptions {
  /** Where to send: http or https; its path is the one of requests that name none. */
  readonly url: string;
  /**
   * Asked for the addresses of the URL's name, and only they are connected to; the system's resolver if absent. A host
   * that is an address is looked up by nobody: judge the URL before.
   */
  readonly lookup?: LookupFunction;
  /** Requests under way at once (default 64). */
  readonly maxConnections?: number;
  /** Of one request, connecting included, in milliseconds (default 30,000). */
  readonly timeoutMs?: number;
}

export interface ClientRequest {
  /** GET if absent. */
  readonly method?: string;
  /** Path and query; those of the client's URL if absent. */
  readonly path?: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
}

/** What came of a request. Times are milliseconds of the monotonic clock (`performance.now()`). */
export interface Measured {
  /** 0 when no whole response came. */
  readonly status: number;
  /** Why; null if there was one, whatever its status. */
  readonly failure: { readonly code: ClientFailureCode; readonly message: string } | null;
  readonly startedAt: number;
  /** 0 if no byte came. */
  readonly firstByteAt: number;
  readonly endedAt: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Bytes of the body alone. */
  readonly bodyBytes: number;
  /** Whether the connection had carried a request before. */
  readonly reused: boolean;
}

/** `no-free-connection`: nothing was sent, since as many requests are under way as there may be. */
export type ClientFailureCode = Exclude<FailureCode, ''> | 'no-free-connection';

export interface HttpClient {
  /**
   * Sends at once, and resolves when the response was read or the request has failed: it rejects for neither. Redirects
   * are answers like any other.
   *
   * Rejects with a `TypeError` for a request that cannot be written down: a line break in a header, a path without "/"
   */
  send(request?: ClientRequest): Promise<Measured>;
  /** Requests under way. */
  readonly pending: number;
  /** Ends all connections; requests under way, and later ones, fail as `aborted`. */
  close(): void;
}

const DEFAULTS = { maxConnections: 64, timeoutMs: 30_000 };

/** @throws {TypeError} for a bad URL. @throws {RangeError} for a limit that is not a positive number */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { url, lookup, maxConnections = DEFAULTS.maxConnections, timeoutMs = DEFAULTS.timeoutMs } = options;
  if (!(maxConnections >= 1))
    throw new RangeError(`Expected maxConnections to be a positive number, got ${maxConnections}.`);
  const target = createTarget(url, {
    requestTimeoutMs: timeoutMs,
    connectTimeoutMs: timeoutMs,
    ...(lookup && { lookup }),
  });
  const idle: ClientConnection[] = [];
  const all: ClientConnection[] = [];
  let isClosed = false;

  function take(): ClientConnection | undefined {
    const connection = idle.pop();
    if (connection !== undefined || all.length >= maxConnections) return connection;
    const opened = new ClientConnection(target, (over) => idle.push(over));
    all.push(opened);
    if (isClosed) opened.close();
    return opened;
  }

  return {
    async send(request = {}) {
      const rendered = renderRequest({ ...request, target });
      return take()?.send(rendered) ?? notSent(target.peer, maxConnections);
    },
    get pending() {
      return all.length - idle.length;
    },
    close() {
      isClosed = true;
      for (const connection of all) connection.close();
    },
  };
}

/** One connection of a client: tells when it is free again. */
class ClientConnection {
  readonly #connection: HttpConnection;
  readonly #onFree: (connection: ClientConnection) => void;
  #resolve: (measured: Measured) => void = () => {};

  constructor(target: ReturnType<typeof createTarget>, onFree: (connection: ClientConnection) => void) {
    this.#connection = new HttpConnection(target, this);
    this.#onFree = onFree;
  }

  send(request: RenderedRequest): Promise<Measured> {
    const { promise, resolve } = createDeferred<Measured>();
    this.#resolve = resolve;
    this.#connection.send(request, KEEP_NOTHING);
    return promise;
  }

  onExchange(exchange: Exchange): void {
    const resolve = this.#resolve;
    this.#onFree(this);
    resolve(toMeasured(exchange));
  }

  close(): void {
    this.#connection.close();
  }
}

/** A copy: the next request of the connection writes over the exchange. */
function toMeasured(exchange: Exchange): Measured {
  const { errorCode, errorMessage, status, startedAt, firstByteAt, endedAt } = exchange;
  const { bytesSent, bytesReceived, bodyBytes, reused } = exchange;
  return {
    status,
    failure: errorCode === '' ? null : { code: errorCode, message: errorMessage },
    startedAt,
    firstByteAt,
    endedAt,
    bytesSent,
    bytesReceived,
    bodyBytes,
    reused,
  };
}

function notSent(peer: string, maxConnections: number): Measured {
  const now = performance.now();
  return {
    status: 0,
    failure: {
      code: 'no-free-connection',
      message: `All ${maxConnections} connections to ${peer} were busy.`,
    },
    startedAt: now,
    firstByteAt: 0,
    endedAt: now,
    bytesSent: 0,
    bytesReceived: 0,
    bodyBytes: 0,
    reused: false,
  };
}
