// The realtime hub: everything it consists of, in the order in which it is put together.
import { createLoginLimiter, createPasswords, getSecret } from '@trafficflux/auth';
import { type App, addCors, addDocumentedSchemas, createApp, type Logger } from '@trafficflux/service-kit';
import type { Config } from './config.ts';
import { Hub, type HubOptions } from './connections/hub.ts';
import { errorFormat } from './errors.ts';
import { forwardServiceEvents } from './events/service-events.ts';
import { createEndings } from './login-sessions/endings.ts';
import { addGuard } from './login-sessions/guard.ts';
import { addSessionRoutes } from './login-sessions/routes.ts';
import { createLoginSessions } from './login-sessions/service.ts';
import { docs, SCHEMAS } from './openapi.ts';
import { createPeople } from './people/create-people.ts';
import { addSockets } from './sockets/routes.ts';
import { addStatusRoutes } from './status/routes.ts';
import type { Stores } from './stores/stores.ts';

/** Builds the app on its stores, which close with it. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const passwords = createPasswords(config.auth.passwords);
  const secret = getSecret({
    name: 'JWT_SECRET',
    value: config.tokens.secret,
    isProduction: config.http.isProduction,
    warn: (sentence) => logger.warn(sentence),
  });
  const app = await createApp({
    name: 'realtime-hub',
    http: config.http,
    logger,
    errors: errorFormat,
    docs,
    readiness: stores.readiness,
    // It has two formats, and is this service's own.
    paths: { metrics: null },
  });

  const { accounts, loginSessions } = stores;
  const endings = createEndings();
  const people = createPeople({ accounts, sessions: loginSessions, logger, ...config.people });
  endings.onEnded((sessionId) => people.forget(sessionId));
  app.addHook('onClose', async () => {
    await people.close();
    await passwords.close();
    await stores.close();
  });

  // Pages that may connect may log in as well.
  addCors(app, config.hub.allowedOrigins ?? []);
  addDocumentedSchemas(app, SCHEMAS);
  const tokens = await addGuard(app, { ...config.tokens, secret, people });
  const hub = createHub(config, { people, tokens, logger });
  endings.onEnded((sessionId) => hub.endSession(sessionId));
  const events = forwardServiceEvents({
    bus: stores.bus,
    publish: (topic, data) => hub.publishEvent(topic, data),
    logger,
  });
  app.addHook('preClose', () => events.stop());

  await addSockets(app, { ...config.hub, hub, people, tokens });
  addStatusRoutes(app, config, hub.statistics);
  addSessionRoutes(
    app,
    createLoginSessions({
      accounts,
      store: loginSessions,
      passwords,
      logins: createLoginLimiter(config.auth.loginLimits),
      tokens,
      invalidToken: () => app.tokens.createError('invalid'),
      endings,
      sessionsPerUser: config.limits.sessionsPerUser,
      lifetimeSeconds: config.tokens.refreshLifetimeSeconds,
    }),
  );
  return app;
}

function createHub(
  { hub }: Config,
  { logger, ...rest }: Pick<HubOptions, 'people' | 'tokens'> & { readonly logger: Logger },
): Hub {
  return new Hub({
    ...hub,
    ...rest,
    onError: (error) => logger.error({ err: error }, 'a message could not be handled'),
  });
}
