/** Sends an error as the service's own answer, and logs what the client does not see. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { drainBody } from '../requests/drain-body.ts';
import type { ErrorPresenter } from './error-format.ts';
import { toErrorHeaders } from './status.ts';

export function sendError(
  presenter: ErrorPresenter,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { error, status, body } = presenter.render(thrown);
  logError(request, status, thrown, error.cause ?? thrown);
  drainBody(request.raw, reply);
  return reply
    .code(status)
    .headers(toErrorHeaders(error))
    .header('content-type', 'application/json; charset=utf-8')
    .send(body);
}

function logError(request: FastifyRequest, status: number, thrown: unknown, cause: unknown): void {
  if (status >= 500) request.log.error({ err: cause, status }, 'request failed');
  else if (thrown !== cause) request.log.debug({ err: cause, status }, 'request refused');
}
