/** A line: one client of undici with at most one socket below it, to one origin, straight or through a proxy. */
import type { LookupFunction, Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { type Connection, toTargetOptions } from '../http/connection-options.ts';
import type { TlsOptions } from '../http/target.ts';

type Undici = typeof import('undici');

/** Where a line leads, and how. */
export interface Route {
  readonly origin: string;
  readonly http2: boolean;
  /** The URL of a proxy, `environment` for what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, or null for none. */
  readonly proxy: string | null;
}

/** Requests at once on a connection of HTTP/2; servers commonly allow 100. */
const MAX_STREAMS = 100;

export class Line {
  readonly route: Route;
  readonly dispatcher: Dispatcher;
  /** Requests under way. */
  inUse = 0;
  /** Whether a request has ended well on it: the next one may find that the server has closed it meanwhile. */
  isUsed = false;
  #socket: Socket | undefined;

  constructor(undici: Undici, route: Route, connection: Connection) {
    this.route = route;
    this.dispatcher = createDispatcher(undici, route, connection, (socket) => {
      this.#socket = socket;
    });
  }

  get isHttp2(): boolean {
    return (this.#socket as { alpnProtocol?: unknown } | undefined)?.alpnProtocol === 'h2';
  }

  /** Whether one more request may go on it now. */
  get hasRoom(): boolean {
    return this.inUse < (this.isHttp2 ? MAX_STREAMS : 1);
  }

  /** Ends its requests and its socket; settles when the socket is gone. */
  async end(): Promise<void> {
    const socket = this.#socket;
    const isGone = socket === undefined || socket.closed;
    const gone = isGone ? undefined : new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await this.dispatcher.destroy();
    socket?.destroy();
    await gone;
  }
}

type Connect = buildConnector.connector;

/** What of undici's options we use, under exact types. */
interface ConnectOptions extends Omit<TlsOptions, 'ca' | 'insecure'> {
  ca?: (string | Buffer)[];
  lookup?: LookupFunction;
  rejectUnauthorized: boolean;
  timeout: number;
  allowH2: boolean;
  preferH2: boolean;
}

/** `onSocket` hears of each socket as soon as it exists, before it is connected. */
function createDispatcher(
  undici: Undici,
  route: Route,
  connection: Connection,
  onSocket: (socket: Socket) => void,
): Dispatcher {
  const watch =
    (connect: Connect): Connect =>
    (options, callback) => {
      const socket: unknown = connect(options, (...result) => {
        if (result[1] !== null) onSocket(result[1] as Socket);
        callback(...result);
      });
      if (isSocket(socket)) onSocket(socket);
      // undici ends it when the request is given up before it is connected.
      return socket;
    };
  const { http2, proxy, origin } = route;
  const tls = toConnectOptions(connection, new URL(origin), http2);
  const createClient = (to: string | URL, options: object): Dispatcher => {
    // A function where the proxy's agent knows how to connect, options where it goes straight.
    const { connect } = options as { connect: Connect | object };
    const straight = typeof connect === 'function' ? (connect as Connect) : undici.buildConnector(tls);
    return new undici.Client(to, { ...options, ...PATIENT, allowH2: http2, connect: watch(straight) });
  };
  if (proxy === null) return createClient(origin, { connect: tls });
  const { cert: _cert, key: _key, pfx: _pfx, servername: _name, lookup: _lookup, ...proxyTls } = tls;
  const options = {
    ...PATIENT,
    requestTls: tls,
    proxyTls: { ...proxyTls, allowH2: false, preferH2: false },
    factory: createClient,
    clientFactory: createClient,
  };
  return proxy === 'environment'
    ? new undici.EnvHttpProxyAgent({ ...options, connect: tls })
    : new undici.ProxyAgent({ ...options, uri: proxy });
}

/** The time limit is the caller's, over the whole request; undici's own must not come before it. */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 } as const;

function toConnectOptions(connection: Connection, origin: URL, http2: boolean): ConnectOptions {
  const port = Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80);
  const { tls, lookup } = toTargetOptions(connection, port);
  const { insecure, ca, ...material } = tls;
  return {
    ...material,
    ...(ca !== undefined && { ca: [ca].flat() as (string | Buffer)[] }),
    ...(lookup && { lookup }),
    rejectUnauthorized: insecure !== true,
    timeout: 0,
    allowH2: http2,
    preferH2: http2,
  };
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'destroy' in value;
}
