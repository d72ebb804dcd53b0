/** The pages of the documentation, as an app beside the service's own: `docs.ts` asks it. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type FastifyInstance, fastify, type RouteOptions } from 'fastify';
import type { DocsOptions } from './docs.ts';

/** Everything that Swagger UI needs lies on our origin; its styles set inline properties. */
const UI_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The bar on top holds another project's name and a field for another document: neither is of use here. */
const UI_STYLES = '.swagger-ui .topbar { display: none }';

/** Describes `routes`, whose schemas may refer to the shared ones by name. */
export async function buildDocsPages(
  options: DocsOptions,
  routes: readonly RouteOptions[],
  sharedSchemas: readonly unknown[],
): Promise<FastifyInstance> {
  const pages = fastify({ exposeHeadRoutes: false, routerOptions: { maxParamLength: 500 } });
  await pages.register(swagger, {
    openapi: options.document,
    // A schema keeps the name that its `$id` gives it, in place of `def-0`.
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `def-${index}`),
    },
  });
  for (const schema of sharedSchemas) pages.addSchema(schema);
  await describeRoutes(pages, routes);
  for (const routePrefix of options.uiPaths ?? ['/docs']) await addUi(pages, routePrefix, options);
  pages.get(options.documentPath ?? '/openapi.json', { schema: { hide: true } }, async () => pages.swagger());
  await pages.ready();
  return pages;
}

/** Adds them for their description alone: nothing is checked or answered here. */
async function describeRoutes(pages: FastifyInstance, routes: readonly RouteOptions[]): Promise<void> {
  await pages.register(async (scope) => {
    scope.setValidatorCompiler(() => () => true);
    scope.setSerializerCompiler(() => () => '');
    for (const { method, url, schema } of routes) {
      if (method === 'HEAD') continue;
      scope.route({ method, url, ...(schema && { schema }), handler: async () => '' });
    }
  });
}

/** In a scope of its own, since the plugin decorates its app, which nothing may do twice. */
async function addUi(pages: FastifyInstance, routePrefix: string, { document }: DocsOptions): Promise<void> {
  await pages.register(async (scope) => {
    await scope.register(swaggerUi, {
      routePrefix,
      staticCSP: UI_POLICY,
      uiConfig: { tryItOutEnabled: true, validatorUrl: null },
      theme: {
        title: document.info?.title ?? 'API',
        css: [{ filename: 'service.css', content: UI_STYLES }],
      },
    });
  });
}
