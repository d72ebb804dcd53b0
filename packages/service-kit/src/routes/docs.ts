/** The API's own documentation: the OpenAPI document and Swagger UI, served without any other origin. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { KitErrors } from '../errors/sentences.ts';

export interface DocsOptions {
  /** The document's own parts: info, tags, components; the routes fill in the paths. */
  readonly document: NonNullable<FastifyDynamicSwaggerOptions['openapi']>;
  /** Where Swagger UI answers; at `/docs` alone by default. */
  readonly uiPaths?: readonly string[];
  /** Where the document answers; `/openapi.json` by default. */
  readonly documentPath?: string;
}

/**
 * Adds the pages, which are built when they are first asked for: most processes start without ever showing them. Must
 * run before the routes that the document describes.
 */
export function addDocs(app: FastifyInstance, options: DocsOptions, kitErrors: KitErrors): void {
  const routes: RouteOptions[] = [];
  let pages: Promise<FastifyInstance> | undefined;
  const build = async () => {
    const { buildDocsPages } = await import('./docs-pages.ts');
    return await buildDocsPages(options, routes, Object.values(app.getSchemas()));
  };

  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    pages ??= build();
    const { statusCode, headers, rawPayload } = await (await pages).inject({
      method: 'GET',
      url: request.raw.url ?? '/',
      headers: pick(request.headers, ASKED),
    });
    if (statusCode === 404) throw kitErrors('NOT_FOUND');
    return reply.code(statusCode).headers(pick(headers, TOLD)).send(rawPayload);
  };
  const hidden = { schema: { hide: true } };
  for (const path of options.uiPaths ?? ['/docs']) {
    app.get(path, hidden, show);
    app.get(`${path}/*`, hidden, show);
  }
  app.get(options.documentPath ?? '/openapi.json', hidden, show);
  app.addHook('onRoute', (route) => void routes.push(route));
  // Pages that could not be built have told whoever asked for them.
  app.addHook('onClose', async () => (await pages?.catch(() => undefined))?.close());
}

/** What decides about an answer that a browser may have already. */
const ASKED = ['accept', 'if-modified-since', 'if-none-match', 'range'];
const TOLD = [
  'accept-ranges',
  'cache-control',
  'content-range',
  'content-security-policy',
  'content-type',
  'etag',
  'last-modified',
  'location',
];

function pick<Value>(
  headers: Readonly<Record<string, Value | undefined>>,
  names: readonly string[],
): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
