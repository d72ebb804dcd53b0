/** Requests that no route takes: 404, 405 with Allow, redirects, and OPTIONS, which is answered for every known path. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorPresenter } from '../errors/error-format.ts';
import { sendError } from '../errors/send-error.ts';
import { drainBody } from './drain-body.ts';
import type { RouteTable } from './route-table.ts';
import { findUnslashed } from './trailing-slash.ts';

interface UnroutedOptions {
  readonly presenter: ErrorPresenter;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly routes: RouteTable;
  /** Whether a path with slashes too many at its end is redirected to the one without. */
  readonly redirectSlashes: boolean;
}

export type AnswerUnrouted = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/**
 * Answers in the first hook, before a body is read: a wrong method is 405 whatever it carries. Returns the answer, for
 * what the router takes for a route and is none.
 */
export function addUnrouted(app: FastifyInstance, options: UnroutedOptions): AnswerUnrouted {
  const answer: AnswerUnrouted = (request, reply) => {
    reply.headers(options.securityHeaders).header('x-request-id', request.id);
    return answerUnrouted(options, request, reply);
  };
  app.setNotFoundHandler(answer);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) answer(request, reply);
    else done();
  });
  return answer;
}

function answerUnrouted(
  options: UnroutedOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { presenter, routes, redirectSlashes } = options;
  const target = request.raw.url ?? '/';
  const isOptions = request.method === 'OPTIONS';
  const methods = isOptions && target === '*' ? routes.allMethods : routes.findMethods(target);
  if (methods.length === 0) {
    const unslashed = redirectSlashes ? findUnslashed(target, routes) : null;
    if (unslashed !== null) return redirect(unslashed, request, reply);
    return sendError(presenter, presenter.notFound(target), request, reply);
  }

  const allow = methods.join(', ');
  if (isOptions) return reply.code(200).header('allow', allow).send();
  return sendError(
    presenter,
    presenter.kitErrors('METHOD_NOT_ALLOWED', { headers: { allow } }),
    request,
    reply,
  );
}

/** 307 keeps the method and the body. */
function redirect(target: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  drainBody(request.raw, reply);
  return reply.code(307).header('location', target).send();
}
