// Opens the accounts where they are: in MongoDB, or in PostgreSQL.
import { createPool } from '@trafficflux/postgres';
import type { Logger } from '@trafficflux/service-kit';
import type { AccountStore } from '../account-store.ts';
import { createPostgresAccountStore } from '../account-store-postgres.ts';
import type { AccountsConfig } from './accounts-config.ts';

export interface OpenAccounts {
  readonly store: AccountStore;
  close(): Promise<void>;
}

/**
 * Opens them, without connecting. `name` is the process, as the store shows it.
 *
 * @throws {ConfigError} the driver of MongoDB cannot read the URL
 */
export async function openAccounts(
  config: AccountsConfig,
  name: string,
  logger: Logger,
): Promise<OpenAccounts> {
  if (config.mongo !== null) {
    // The driver is slow to load, and most processes do without.
    const { openMongoAccounts } = await import('./open-accounts-mongo.ts');
    return openMongoAccounts({ ...config, mongo: config.mongo }, name, logger);
  }
  return openPostgresAccounts(config, name, logger);
}

function openPostgresAccounts(config: AccountsConfig, name: string, logger: Logger): OpenAccounts {
  const { databaseUrl, poolSize, connectTimeoutMs, answerTimeoutMs } = config;
  if (databaseUrl === null)
    throw new TypeError('Accounts need the URL of a MongoDB or of a PostgreSQL database.');
  const pool = createPool({
    databaseUrl,
    name,
    size: poolSize,
    connectTimeoutMs,
    statementTimeoutMs: answerTimeoutMs,
    onIdleError: (error) => logger.warn({ err: error }, 'a connection to the accounts was lost'),
  });
  return { store: createPostgresAccountStore(pool), close: () => pool.end() };
}
