/** Requests that no route takes: 404, 405 with Allow, and OPTIONS, which is answered for every known path. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { ErrorPresenter } from '../errors/error-format.ts';
import { sendError } from '../errors/send-error.ts';

interface UnroutedOptions {
  readonly presenter: ErrorPresenter;
  readonly securityHeaders: Readonly<Record<string, string>>;
}

/** Answers in the first hook, before a body is read: a wrong method is 405 whatever it carries. */
export function addUnrouted(app: FastifyInstance, options: UnroutedOptions): void {
  const allowed = collectRoutes(app);
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(options.securityHeaders).header('x-request-id', request.id);
    const methods = allowed(request.raw.url ?? '/');
    if (methods.length === 0)
      return sendError(options.presenter, options.presenter.kitErrors('NOT_FOUND'), request, reply);
    const allow = methods.join(', ');
    if (request.method === 'OPTIONS') return reply.code(200).header('allow', allow).send();
    const { kitErrors } = options.presenter;
    return sendError(
      options.presenter,
      kitErrors('METHOD_NOT_ALLOWED', { headers: { allow } }),
      request,
      reply,
    );
  };
  app.setNotFoundHandler(answer);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) answer(request, reply);
    else done();
  });
}

/** Keeps a second router with every route, since Fastify tells the methods of a template but not of a URL. */
function collectRoutes(app: FastifyInstance): (url: string) => string[] {
  const router = findMyWay({ ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 500 });
  const methods = new Set<HTTPMethod>();
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat() as HTTPMethod[]) {
      methods.add(method);
      if (!router.hasRoute(method, route.url)) router.on(method, route.url, () => {});
    }
  });
  return (url) => {
    if (url === '*') return [...methods, 'OPTIONS'].sort();
    const found = [...methods].filter((method) => matches(router, method, url));
    return found.length === 0 ? [] : [...new Set([...found, 'OPTIONS'])].sort();
  };
}

function matches(router: ReturnType<typeof findMyWay>, method: HTTPMethod, url: string): boolean {
  const path = url.split(/[?#;]/, 1)[0] ?? '';
  return router.find(method, path) !== null;
}
