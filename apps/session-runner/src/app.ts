// The session runner: everything it consists of, in the order in which it is put together.
import { toUserId } from '@trafficflux/accounts';
import { createCallLimiter, createLoginLimiter, createPasswords, getSecret } from '@trafficflux/auth';
import { type App, addDocumentedSchemas, createApp, type Logger } from '@trafficflux/service-kit';
import { parseAllowList } from '@trafficflux/targets';
import { addAutomationRoutes } from './automation/routes.ts';
import type { Config } from './config.ts';
import { errorFormat } from './errors.ts';
import { createJourneyPool } from './journeys/journey-pool.ts';
import { chooseDriver } from './journeys/target-url.ts';
import { docs, SCHEMAS } from './openapi.ts';
import { addPublicRoutes } from './public/routes.ts';
import { createSessions } from './sessions/session-service.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { Stores } from './stores/stores.ts';
import { addGuard } from './users/guard.ts';
import { addUserRoutes } from './users/routes.ts';
import { createUserService } from './users/service.ts';

/** Builds the app on its stores, which close with it. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const passwords = createPasswords(config.auth.passwords);
  const secret = getSecret({
    name: 'SECRET_KEY',
    value: config.tokens.secret,
    isProduction: config.http.isProduction,
    warn: (sentence) => logger.warn(sentence),
  });
  const limiters = createLimiters(config);

  const app = await createApp({
    name: 'session-runner',
    http: config.http,
    logger,
    errors: errorFormat,
    docs,
    readiness: stores.readiness,
    redirectSlashes: true,
  });
  const sessions = await startSessions(config, stores, app, logger);
  app.addHook('onClose', async () => {
    await sessions.close();
    await passwords.close();
    await stores.close();
  });

  const { accounts } = stores;
  const { logins, registrations, calls } = limiters;
  addDocumentedSchemas(app, SCHEMAS);
  await addGuard(app, { secret, lifetimeSeconds: config.tokens.lifetimeSeconds, accounts });
  addPublicRoutes(app);
  addUserRoutes(app, createUserService({ accounts, passwords, logins, registrations, tokens: app.tokens }));
  addAutomationRoutes(app, { sessions, calls });
  return app;
}

function createLimiters({ auth, limits }: Config) {
  return {
    logins: createLoginLimiter(auth.loginLimits),
    registrations: createCallLimiter({
      limit: limits.registrationsPerMinute,
      windowSeconds: 60,
      sentence: 'Too many registrations. Please try again later.',
    }),
    calls: createCallLimiter({
      limit: limits.automationCallsPerMinute,
      windowSeconds: 60,
      sentence: 'Too many calls. Please try again later.',
    }),
  };
}

function startSessions(config: Config, stores: Stores, app: App, logger: Logger): Promise<Sessions> {
  const allowList = parseAllowList(config.targetAllowlist);
  const pool = createJourneyPool({
    threads: config.threads.threadPoolSize,
    lineLength: config.limits.waitingJourneys,
    config: config.journeys,
    allowList: config.targetAllowlist,
    logger,
  });
  return createSessions({
    store: stores.sessions,
    pool,
    bus: stores.bus,
    findUserId: async (username) => {
      const account = await stores.accounts.findByUsername(username);
      return account && toUserId(account);
    },
    runner: config.runnerName,
    limits: config.limits,
    maxThreads: config.threads.maxThreads,
    chooseDriver: (target) => chooseDriver(target, allowList),
    metrics: app.metrics,
    logger,
  });
}
