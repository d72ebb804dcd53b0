/** Answers to what never becomes a request: malformed or endless HTTP, in the service's own error format. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Metrics, UNMATCHED_ROUTE } from '@trafficflux/metrics';
import type { ErrorPresenter } from '../errors/error-format.ts';
import type { KitErrorCode } from '../errors/sentences.ts';
import { toErrorHeaders } from '../errors/status.ts';
import type { Logger } from '../logging/logger.ts';
import type { Connections } from './connections.ts';

export interface ParserErrors {
  /** Answers an error of Node's HTTP parser, if the client can still hear it, and closes. */
  answer(error: NodeJS.ErrnoException, socket: Duplex): void;
  /** Refuses with one of the kit's errors, and closes. */
  refuse(socket: Duplex, code: KitErrorCode): void;
}

interface ParserErrorOptions {
  readonly presenter: ErrorPresenter;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly connections: Connections;
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
      else refuse(options, socket, CODE_BY_PARSER_CODE[error.code ?? ''] ?? 'MALFORMED_REQUEST');
    },
    refuse: (socket, code) => refuse(options, socket, code),
  };
}

function isParserError(error: NodeJS.ErrnoException): boolean {
  return error.code?.startsWith('HPE_') === true || error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
}

function refuse(options: ParserErrorOptions, socket: Duplex, code: KitErrorCode): void {
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
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    date: new Date().toUTCString(),
    connection: 'close',
  };
  socket.end(renderResponse(status, headers, body), () => socket.destroy());
}

function renderResponse(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
