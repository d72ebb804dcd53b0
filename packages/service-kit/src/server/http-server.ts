/** The HTTP or HTTPS server under Fastify: limits, time limits, and our own answers to what is not HTTP. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpConfig } from '../config/http-config.ts';
import type { Connections } from './connections.ts';
import type { ParserErrors } from './parser-errors.ts';

export interface HttpServerOptions {
  readonly config: HttpConfig;
  readonly handle: RequestListener;
  readonly connections: Connections;
  readonly parserErrors: ParserErrors;
  /** Which requests may leave HTTP; any other that asks for it is answered as if it had not (RFC 9110 §7.8). */
  readonly mayUpgrade: (request: IncomingMessage) => boolean;
}

/** Creates a server that does not listen yet. A service has two of them when its HOST is `localhost`. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { config, handle, connections, parserErrors } = options;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // Refused already: what was pipelined behind must not be carried out.
    if (request.socket.writableEnded) return;
    connections.begin(request.socket, response);
    // Required by RFC 9112 §3.2; Node would answer by itself, without a body.
    if (request.headers.host === undefined && request.httpVersion === '1.1')
      parserErrors.refuse(request.socket, 'MALFORMED_REQUEST');
    else handle(request, response);
  };
  const server = listenerServer(options, listener);

  server.maxConnections = config.limits.connections;
  // Node drops headers beyond the 2,000th without a word; the limit on bytes bounds them and says so.
  server.maxHeadersCount = 0;
  server.on(config.tls === null ? 'connection' : 'secureConnection', (socket) => connections.add(socket));
  server.on('clientError', (error, socket) => parserErrors.answer(error, socket));
  server.on('connect', (_request, socket) => parserErrors.refuse(socket, 'METHOD_NOT_ALLOWED'));
  server.on('checkExpectation', (request) => parserErrors.refuse(request.socket, 'EXPECTATION_FAILED'));
  return server;
}

function listenerServer({ config, mayUpgrade }: HttpServerOptions, listener: RequestListener): Server {
  const options = {
    shouldUpgradeCallback: mayUpgrade,
    maxHeaderSize: config.limits.headerBytes,
    headersTimeout: config.timeouts.headersMs,
    requestTimeout: config.timeouts.requestMs,
    keepAliveTimeout: config.timeouts.keepAliveMs,
    connectionsCheckingInterval: config.timeouts.checkIntervalMs,
    requireHostHeader: false,
    insecureHTTPParser: false,
  };
  if (config.tls === null) return createServer(options, listener);
  const tls = { ...config.tls, handshakeTimeout: config.timeouts.headersMs, minVersion: 'TLSv1.2' as const };
  return createTlsServer({ ...options, ...tls }, listener);
}
