/** Answers a path that cannot be decoded, which Fastify sees before any route, hook or listener. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorPresenter } from '../errors/error-format.ts';
import { sendError } from '../errors/send-error.ts';
import type { RequestLog } from '../logging/request-log.ts';

export interface BadUrlOptions {
  readonly presenter: ErrorPresenter;
  readonly requestLog: RequestLog;
  readonly securityHeaders: Readonly<Record<string, string>>;
}

export function answerBadUrl(
  options: BadUrlOptions,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.raw.once('finish', () => options.requestLog.requestCompleted(null, request, reply));
  reply.headers(options.securityHeaders).header('x-request-id', request.id);
  sendError(options.presenter, error, request, reply);
}
