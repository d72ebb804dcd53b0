/** Answers to what never becomes a request: malformed or endless HTTP, in the service's own error format. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Metrics, UNMATCHED_ROUTE } from '@trafficflux/metrics';
import type { ErrorPresenter } from '../errors/error-format.ts';
import type { KitErrorCode } from '../errors/sentences.ts';
import { toErrorHeaders } from '../errors/status.ts';
import type { Logger } from '../logging/logger.ts';
import type { RouteTable } from '../requests/route-table.ts';
import type { Connections } from './connections.ts';

export interface ParserErrors {
  /** Answers an error of Node's HTTP parser, if the client can still hear it, and closes. */
  answer(error: ParserError, socket: Duplex): void;
  /** Refuses with one of the kit's errors, and closes. */
  refuse(socket: Duplex, code: KitErrorCode): void;
}

/** What Node's `clientError` carries: for a parser's error also the bytes that it stumbled over. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

interface ParserErrorOptions {
  readonly presenter: ErrorPresenter;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly connections: Connections;
  readonly routes: RouteTable;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const CODE_BY_PARSER_CODE: Readonly<Record<string, KitErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'BODY_TOO_LARGE',
  HPE_INVALID_METHOD: 'METHOD_NOT_ALLOWED',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

export function createParserErrors(options: ParserErrorOptions): ParserErrors {
  return {
    answer(error, socket) {
      // The client has gone; a plain-HTTP request to a TLS port has no one to answer either.
      if (error.code === 'ECONNRESET' || !socket.writable || !isParserError(error)) socket.destroy();
      else refuse(options, socket, toCode(error), readTarget(error));
    },
    refuse: (socket, code) => refuse(options, socket, code),
  };
}

function isParserError(error: ParserError): boolean {
  return error.code?.startsWith('HPE_') === true || error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
}

function toCode(error: ParserError): KitErrorCode {
  const code = CODE_BY_PARSER_CODE[error.code ?? ''] ?? 'MALFORMED_REQUEST';
  // Another protocol begins with an unknown method too.
  return code === 'METHOD_NOT_ALLOWED' && readTarget(error) === '' ? 'MALFORMED_REQUEST' : code;
}

/** The target of a request whose method nobody knows; empty when the bytes are no request at all. */
function readTarget(error: ParserError): string {
  return (
    /^[\w!#$%&'*+.^`|~-]{1,40} (\S{1,2000}) HTTP\/1\.[01]\r\n/.exec(
      error.rawPacket?.toString('latin1') ?? '',
    )?.[1] ?? ''
  );
}

function refuse(options: ParserErrorOptions, socket: Duplex, code: KitErrorCode, target = ''): void {
  const current = options.connections.current(socket);
  // Half an answer is on the wire: another status line would become part of its body.
  if (current?.headersSent === true && !current.writableFinished) {
    socket.destroy();
    return;
  }
  const id = randomUUID();
  const { status, body, error } = options.presenter.render(options.presenter.kitErrors(code));
  options.metrics.requestDurations.route('other', UNMATCHED_ROUTE).observe(status, 0);
  options.logger.info({ id, status, code: error.code }, 'unreadable request');
  const headers = {
    'x-request-id': id,
    ...options.securityHeaders,
    ...toErrorHeaders(error),
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: findAllowed(options.routes, target) }),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  socket.end(renderResponse(status, headers, body), () => socket.destroy());
}

/** RFC 9110 §15.5.6 asks for Allow; what is nowhere may at least be tried with any method that we know. */
function findAllowed(routes: RouteTable, target: string): string {
  const methods = routes.findMethods(target);
  return (methods.length === 0 ? routes.allMethods : methods).join(', ');
}

function renderResponse(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
