// The books API: everything it consists of, in the order in which it is put together.
import { createLoginLimiter, createPasswords, getSecret } from '@trafficflux/auth';
import { type App, addDocumentedSchemas, createApp, type Logger } from '@trafficflux/service-kit';
import { addAuthorRoutes } from './authors/routes.ts';
import { createAuthorService } from './authors/service.ts';
import { addBookRoutes } from './books/routes.ts';
import { createBookService } from './books/service.ts';
import type { Config } from './config.ts';
import { errorFormat } from './errors.ts';
import { docs, SCHEMAS } from './openapi.ts';
import type { Stores } from './stores/stores.ts';
import { addGuard } from './users/guard.ts';
import { addUserRoutes } from './users/routes.ts';
import { createUserService } from './users/service.ts';

/** Builds the app on its stores, which close with it. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const passwords = createPasswords(config.auth.passwords);
  const limiter = createLoginLimiter(config.auth.loginLimits);
  const secret = getSecret({
    name: 'SECRET_KEY',
    value: config.tokens.secret,
    isProduction: config.http.isProduction,
    warn: (sentence) => logger.warn(sentence),
  });

  const app = await createApp({
    name: 'books-api',
    http: config.http,
    logger,
    errors: errorFormat,
    docs,
    readiness: { postgres: stores.ping },
  });
  app.addHook('onClose', async () => {
    await passwords.close();
    await stores.close();
  });

  addDocumentedSchemas(app, SCHEMAS);
  await addGuard(app, { secret, lifetimeSeconds: config.tokens.lifetimeSeconds, users: stores.users });
  addWelcome(app);
  addUserRoutes(app, createUserService({ users: stores.users, passwords, limiter, tokens: app.tokens }));
  addBookRoutes(app, { books: createBookService(stores.books, stores.hotReads), lists: stores.lists });
  addAuthorRoutes(app, { authors: createAuthorService(stores.authors), lists: stores.lists });
  return app;
}

function addWelcome(app: App): void {
  app.get('/', { schema: { hide: true } }, (_request, reply) => {
    reply.type('text/html; charset=utf-8').send('Welcome to the Books API!');
  });
}
