// Who may ask: everybody on this machine, everybody who reaches it, or who has a token (H6). Pages of strangers never (H12).
import { createLoginLimiter, createPasswords, getSecret } from '@trafficflux/auth';
import { type App, addCors, type Logger } from '@trafficflux/service-kit';
import type { Config } from '../config.ts';
import type { Stores } from '../stores/stores.ts';
import { addCrossSiteChecks } from './cross-site.ts';
import { addGuard } from './guard.ts';
import { createLogin } from './login.ts';
import { addTokenRoute } from './routes.ts';

/** Applies to every route that is added after it; those with `config: { isPublic: true }` need no token. */
export async function addAccess(
  app: App,
  config: Config,
  { accounts }: Pick<Stores, 'accounts'>,
  logger: Logger,
): Promise<void> {
  addCors(app, config.access.corsOrigins);
  // A token comes in a header that no page of a stranger can set: what follows is for those who have none.
  if (config.access.mode !== 'required') return addCrossSiteChecks(app, config.access);
  if (accounts === null) throw new TypeError('TRAFFIC_AUTH=required needs accounts.');

  const passwords = createPasswords(config.auth.passwords);
  app.addHook('onClose', () => passwords.close());
  const { lifetimeSeconds } = config.tokens;
  const secret = getSecret({
    name: 'SECRET_KEY',
    value: config.tokens.secret,
    isProduction: config.http.isProduction,
    warn: (sentence) => logger.warn(sentence),
  });
  await addGuard(app, { secret, lifetimeSeconds, accounts });
  const limiter = createLoginLimiter(config.auth.loginLimits);
  addTokenRoute(app, {
    login: createLogin({ accounts, passwords, limiter, tokens: app.tokens }),
    lifetimeSeconds,
  });
}
