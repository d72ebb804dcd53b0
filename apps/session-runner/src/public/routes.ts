// / and /health, which need no token.
import { type App, answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { VERSION } from '../openapi.ts';

const ABOUT = {
  name: 'TrafficFlux Session Runner',
  version: VERSION,
  description: 'Automated session runner with JWT authentication',
  docs: '/docs',
  redoc: '/redoc',
};
const HEALTHY = { status: 'healthy', message: 'TrafficFlux Session Runner is running' };

export function addPublicRoutes(app: App): void {
  app.get('/', { schema: schemas.about }, async () => ABOUT);
  app.get('/health', { schema: schemas.health, config: { neverShed: true } }, async () => HEALTHY);
}

const tags = ['Public'];

const schemas = {
  about: {
    tags,
    summary: 'What this service is',
    response: {
      200: answer(
        'Its name, its version and its documentation',
        Type.Object({
          name: Type.String(),
          version: Type.String(),
          description: Type.String(),
          docs: Type.String(),
          redoc: Type.String(),
        }),
      ),
    },
  },
  health: {
    tags,
    summary: 'Whether the process runs; see /health/ready for its stores',
    response: {
      200: answer('It runs', Type.Object({ status: Type.String(), message: Type.String() })),
    },
  },
} as const;
