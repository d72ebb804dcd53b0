// What the app reads from and writes to: accounts, login sessions, and the bus.
import type { AccountStore } from '@trafficflux/accounts';
import { openAccounts } from '@trafficflux/accounts/open';
import { createEventBus, type EventBus } from '@trafficflux/event-bus';
import type { Logger, ReadinessCheck } from '@trafficflux/service-kit';
import type { StoreConfig } from '../config.ts';
import type { LoginSessionStore } from '../login-sessions/login-session-store.ts';
import { NAME, openLoginSessions } from './login-sessions.ts';

export interface Stores {
  readonly accounts: AccountStore;
  readonly loginSessions: LoginSessionStore;
  readonly bus: EventBus;
  /** Without the bus: topics of clients work without it. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  close(): Promise<void>;
}

/**
 * Opens the stores. Nothing waits for them: a service whose stores are away starts, and answers 503.
 *
 * @throws {ConfigError} the driver of MongoDB cannot read its URL
 */
export async function openStores({ accounts, platform }: StoreConfig, logger: Logger): Promise<Stores> {
  const people = await openAccounts(accounts, NAME, logger);
  const loginSessions = await openLoginSessions(platform, logger);
  const bus = createEventBus({
    redisUrl: platform.redisUrl,
    databaseUrl: platform.databaseUrl,
    name: NAME,
    onError: (error) => logger.warn({ err: error }, 'the event bus is away'),
  });
  return {
    accounts: people.store,
    loginSessions,
    bus,
    readiness: { accounts: () => people.store.ping(), 'login-sessions': () => loginSessions.ping() },
    async close() {
      await Promise.all([bus.close(), loginSessions.close(), people.close()]);
    },
  };
}
