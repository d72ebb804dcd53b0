/** Requests that no route takes: 404, 405 with Allow, and OPTIONS, which is answered for every known path. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorPresenter } from '../errors/error-format.ts';
import { sendError } from '../errors/send-error.ts';
import type { RouteTable } from './route-table.ts';

interface UnroutedOptions {
  readonly presenter: ErrorPresenter;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly routes: RouteTable;
}

/** Answers in the first hook, before a body is read: a wrong method is 405 whatever it carries. */
export function addUnrouted(app: FastifyInstance, options: UnroutedOptions): void {
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(options.securityHeaders).header('x-request-id', request.id);
    return answerUnrouted(options, request, reply);
  };
  app.setNotFoundHandler(answer);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) answer(request, reply);
    else done();
  });
}

function answerUnrouted(
  options: UnroutedOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { presenter, routes } = options;
  const target = request.raw.url ?? '/';
  const isOptions = request.method === 'OPTIONS';
  const methods = isOptions && target === '*' ? routes.allMethods : routes.findMethods(target);
  if (methods.length === 0) return sendError(presenter, presenter.kitErrors('NOT_FOUND'), request, reply);

  const allow = methods.join(', ');
  if (isOptions) return reply.code(200).header('allow', allow).send();
  return sendError(
    presenter,
    presenter.kitErrors('METHOD_NOT_ALLOWED', { headers: { allow } }),
    request,
    reply,
  );
}
