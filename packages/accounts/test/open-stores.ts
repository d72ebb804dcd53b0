// The two stores, each in a database of its own.
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import { createTestDatabase, createTestMongo } from '@trafficflux/tooling/test-stores';
import { createMongoAccountStore, prepareMongoAccounts } from '../src/account-store-mongo.ts';
import { accountsMigrations, createPostgresAccountStore } from '../src/index.ts';

/** A busy machine must not make these tests meet an outage. */
const PATIENT_MS = 20_000;

export async function openMongoStore() {
  const database = createTestMongo();
  const mongo = createMongo({
    url: database.url,
    databaseName: database.databaseName,
    name: 'test',
    poolSize: 50,
    serverSelectionTimeoutMs: PATIENT_MS,
    connectTimeoutMs: PATIENT_MS,
    socketTimeoutMs: PATIENT_MS,
  });
  await prepareMongoAccounts(mongo);
  const users = mongo.connection.collection('users');
  return {
    store: createMongoAccountStore(mongo),
    mongo,
    users,
    clear: async () => void (await users.deleteMany({})),
    async close() {
      await mongo.close();
      await database.drop();
    },
  };
}

export async function openPostgresStore() {
  const database = await createTestDatabase(accountsMigrations);
  const pool = createPool({
    databaseUrl: database.url,
    name: 'test',
    connectTimeoutMs: PATIENT_MS,
    statementTimeoutMs: PATIENT_MS,
  });
  return {
    store: createPostgresAccountStore(pool),
    pool,
    clear: async () => void (await pool.query('DELETE FROM users')),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
