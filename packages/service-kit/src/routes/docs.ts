/** The API's own documentation: the OpenAPI document and Swagger UI, served without any other origin. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

export interface DocsOptions {
  /** The document's own parts: info, tags, components; the routes fill in the paths. */
  readonly document: NonNullable<FastifyDynamicSwaggerOptions['openapi']>;
  /** Where Swagger UI answers; at `/docs` alone by default. */
  readonly uiPaths?: readonly string[];
  /** Where the document answers; `/openapi.json` by default. */
  readonly documentPath?: string;
}

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

/** Must run before the routes that the document describes. */
export async function addDocs(app: FastifyInstance, options: DocsOptions): Promise<void> {
  const documentPath = options.documentPath ?? '/openapi.json';
  await app.register(swagger, {
    openapi: options.document,
    // A schema keeps the name that its `$id` gives it, in place of `def-0`.
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `def-${index}`),
    },
  });
  for (const routePrefix of options.uiPaths ?? ['/docs']) {
    // In a scope of its own, since the plugin decorates its app, which nothing may do twice.
    await app.register(async (scope) => {
      await scope.register(swaggerUi, {
        routePrefix,
        staticCSP: UI_POLICY,
        uiConfig: { tryItOutEnabled: true, validatorUrl: null },
        theme: {
          title: options.document.info?.title ?? 'API',
          css: [{ filename: 'service.css', content: UI_STYLES }],
        },
      });
    });
  }
  app.get(documentPath, { schema: { hide: true } }, async () => app.swagger());
}
