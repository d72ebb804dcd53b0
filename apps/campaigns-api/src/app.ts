// The campaigns API: everything it consists of, in the order in which it is put together.
import { type App, addDocumentedSchemas, createApp, type Logger } from '@trafficflux/service-kit';
import { addAccess } from './access/access.ts';
import type { Config } from './config.ts';
import { errorFormat } from './errors.ts';
import { docs, SCHEMAS } from './openapi.ts';
import type { Stores } from './stores/stores.ts';

/** Builds the app on its stores, which close with it. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const app = await createApp({
    name: 'campaigns-api',
    http: config.http,
    logger,
    errors: errorFormat,
    docs,
    readiness: { postgres: stores.ping },
  });
  app.addHook('onClose', () => stores.close());

  addDocumentedSchemas(app, SCHEMAS);
  await addAccess(app, config, stores, logger);
  return app;
}
