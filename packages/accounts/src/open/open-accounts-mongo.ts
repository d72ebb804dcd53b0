// Opens the accounts in MongoDB. The session runner, which makes accounts, makes its indexes.
import { createMongo, type Mongo, type MongoOptions } from '@trafficflux/mongo';
import { ConfigError, type Logger } from '@trafficflux/service-kit';
import { createMongoAccountStore } from '../account-store-mongo.ts';
import type { AccountsConfig } from './accounts-config.ts';
import type { OpenAccounts } from './open-accounts.ts';

interface MongoAccountsConfig extends AccountsConfig {
  readonly mongo: NonNullable<AccountsConfig['mongo']>;
}

/** @throws {ConfigError} the driver cannot read the URL */
export function openMongoAccounts(config: MongoAccountsConfig, name: string, logger: Logger): OpenAccounts {
  const mongo = connect({
    ...config.mongo,
    name,
    poolSize: config.poolSize,
    serverSelectionTimeoutMs: config.connectTimeoutMs,
    connectTimeoutMs: config.connectTimeoutMs,
    socketTimeoutMs: config.answerTimeoutMs,
    onError: (error) => logger.warn({ err: error }, 'MongoDB cannot be reached'),
  });
  return { store: createMongoAccountStore(mongo), close: () => mongo.close() };
}

function connect(options: MongoOptions): Mongo {
  try {
    return createMongo(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(`MONGO_URL is not usable. ${error.message}`, error);
  }
}
