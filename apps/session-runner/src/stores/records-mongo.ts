// Accounts and sessions in MongoDB.
import { createMongoAccountStore, prepareMongoAccounts } from '@trafficflux/accounts/mongo';
import type { AccountsConfig } from '@trafficflux/accounts/open';
import { createMongo, type Mongo, type MongoOptions } from '@trafficflux/mongo';
import { ConfigError, keepTrying, type Logger } from '@trafficflux/service-kit';
import { createMongoSessionStore, prepareMongoSessions } from '../sessions/session-store-mongo.ts';
import { NAME, type RecordStores } from './record-stores.ts';

interface MongoRecordsConfig extends AccountsConfig {
  readonly mongo: NonNullable<AccountsConfig['mongo']>;
}

/** @throws {ConfigError} the driver cannot read the URL */
export function openMongoRecords(config: MongoRecordsConfig, logger: Logger): RecordStores {
  const mongo = connect({
    ...config.mongo,
    name: NAME,
    poolSize: config.poolSize,
    serverSelectionTimeoutMs: config.connectTimeoutMs,
    connectTimeoutMs: config.connectTimeoutMs,
    socketTimeoutMs: config.answerTimeoutMs,
    onError: (error) => logger.warn({ err: error }, 'MongoDB cannot be reached'),
  });
  const prepare = async () => {
    await prepareMongoAccounts(mongo);
    await prepareMongoSessions(mongo);
  };
  const preparing = keepTrying(prepare, (error) =>
    logger.warn({ err: error }, 'the indexes of MongoDB could not be made yet'),
  );
  return {
    accounts: createMongoAccountStore(mongo),
    sessions: createMongoSessionStore(mongo),
    prepare,
    readiness: { mongodb: () => mongo.ping() },
    async close() {
      preparing.stop();
      await preparing.done;
      await mongo.close();
    },
  };
}

function connect(options: MongoOptions): Mongo {
  try {
    return createMongo(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(`MONGO_URL is not usable. ${error.message}`, error);
  }
}
