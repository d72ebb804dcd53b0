// The two stores, each in a database of its own.
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import { createTestDatabase, createTestMongo } from '@trafficflux/tooling/test-stores';
import {
  accountsMigrations,
  createMongoAccountStore,
  createPostgresAccountStore,
  prepareMongoAccounts,
} from '../src/index.ts';

export async function openMongoStore() {
  const database = createTestMongo();
  const mongo = createMongo({
    url: database.url,
    databaseName: database.databaseName,
    name: 'test',
    poolSize: 50,
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
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
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
