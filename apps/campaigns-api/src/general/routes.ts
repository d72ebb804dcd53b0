// /, /health, /api/health and /api/endpoints: what it is, that it runs, and what it can be asked. They need no token.
import { type App, answer } from '@trafficflux/service-kit';
import type { RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { VERSION } from '../openapi.ts';

export interface GeneralRoutesOptions {
  readonly corsOrigins: readonly string[];
}

const ABOUT = {
  success: true,
  name: 'Traffic Campaigns API',
  version: VERSION,
  docs: '/docs',
  endpoints: '/api/endpoints',
};

/** Must come before the routes that `/api/endpoints` shall name. */
export function addGeneralRoutes(app: App, { corsOrigins }: GeneralRoutesOptions): void {
  const health = { status: 'healthy', version: VERSION, cors_origins: [...corsOrigins] };
  const endpoints = collectEndpoints(app);
  const config = { isPublic: true };

  app.get('/', { schema: schemas.about, config }, async () => ABOUT);
  for (const path of ['/health', '/api/health'])
    app.get(path, { schema: schemas.health, config: { ...config, neverShed: true } }, async () => health);
  app.get('/api/endpoints', { schema: schemas.endpoints, config }, async () => ({
    success: true,
    endpoints: endpoints.map(toEndpoint),
  }));
}

function collectEndpoints(app: App): RouteOptions[] {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD' && isShown(route)) routes.push(route);
  });
  return routes;
}

function isShown({ schema }: RouteOptions): boolean {
  return schema !== undefined && schema.hide !== true;
}

function toEndpoint({ method, url, schema }: RouteOptions) {
  // As the documents write it, without the patterns of its parameters.
  const path = url.replace(/:(\w+)(?:\([^)]*\))?/g, '{$1}');
  return { method: String(method), path, description: schema?.summary ?? '' };
}

const tags = ['General'];
const success = Type.Literal(true);

const schemas = {
  about: {
    tags,
    summary: 'What this service is',
    response: {
      200: answer(
        'Its name, its version and where to go on',
        Type.Object({
          success,
          name: Type.String(),
          version: Type.String(),
          docs: Type.String(),
          endpoints: Type.String(),
        }),
      ),
    },
  },
  health: {
    tags,
    summary: 'Whether the process runs; see /api/traffic/health for its stores',
    response: {
      200: answer(
        'It runs',
        Type.Object({
          status: Type.String(),
          version: Type.String(),
          cors_origins: Type.Array(Type.String()),
        }),
      ),
    },
  },
  endpoints: {
    tags,
    summary: 'What this service can be asked',
    response: {
      200: answer(
        'The endpoints',
        Type.Object({
          success,
          endpoints: Type.Array(
            Type.Object({ method: Type.String(), path: Type.String(), description: Type.String() }),
          ),
        }),
      ),
    },
  },
} as const;
