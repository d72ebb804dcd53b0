// The real service for tests: the real app with threads of its own, on stores of its own, and short ways to ask it.
import { accountsMigrations } from '@trafficflux/accounts';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import { createLogger } from '@trafficflux/service-kit';
import { createAsker } from '@trafficflux/tooling/service-tests';
import {
  createTestDatabase,
  createTestMongo,
  describeOnMongo,
  TEST_SECRET,
} from '@trafficflux/tooling/test-stores';
import { describe } from 'vitest';
import { buildApp } from '../src/app.ts';
import { loadRunnerConfig } from '../src/config.ts';
import { SESSIONS_MIGRATIONS } from '../src/stores/migrations.ts';
import { openStores } from '../src/stores/stores.ts';

export type Service = Awaited<ReturnType<typeof startService>>;

type StoreName = 'PostgreSQL' | 'MongoDB';

/** The same facts on both stores. */
export function describeOnStores(name: string, suite: (store: StoreName) => void): void {
  describe(`${name} in PostgreSQL`, () => suite('PostgreSQL'));
  describeOnMongo(`${name} in MongoDB`, () => suite('MongoDB'));
}

export const PASSWORD = 'pass word';

/** Starts the service; `environment` overrides variables. Stores of the caller's own are closed with it. */
export async function startService(
  environment: Record<string, string> = {},
  store: StoreName | TestRecords = 'PostgreSQL',
) {
  const records = typeof store === 'string' ? await openTestRecords(store) : store;
  const lines: string[] = [];
  const logger = createLogger({
    name: 'session-runner',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const env = {
    ...records.environment,
    SECRET_KEY: TEST_SECRET,
    // A busy machine must not make the tests of everything else meet 503.
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    BCRYPT_COST: '4',
    HOST: '127.0.0.1',
    PORT: '0',
    THREAD_POOL_SIZE: '4',
    JOURNEY_PAUSE_MIN_MS: '0',
    JOURNEY_PAUSE_MAX_MS: '0',
    JOURNEY_REQUESTS_PER_SECOND: '1000',
    ...environment,
  };
  const config = loadRunnerConfig({ env });
  const stores = await openStores(config, logger);
  await stores.prepare();
  const app = await buildApp(config, stores, logger);
  await app.ready();
  const asker = createAsker(app);
  const { post } = asker;

  const register = (username: string, fields: Record<string, unknown> = {}) =>
    post('/auth/register', { username, email: `${username}@example.com`, password: PASSWORD, ...fields });
  const login = async (username: string, password = PASSWORD): Promise<string> =>
    (await post('/auth/login', { username, password })).json.access_token;

  return {
    app,
    accounts: stores.accounts,
    lines,
    ...asker,
    register,
    login,
    /** Registers somebody and returns a token of theirs. */
    async signUp(username: string): Promise<string> {
      await register(username);
      return login(username);
    },
    /** Starts a session and returns its id. */
    async start(token: string, fields: Record<string, unknown> = {}): Promise<string> {
      const body = { search_keyword: 'keyboard', target_domain: 'https://shop.example/', ...fields };
      return (await post('/automation/start-multi', body, token)).json.session_id;
    },
    removeAccount: records.removeAccount,
    breakAccounts: records.breakAccounts,
    async close() {
      await app.close();
      await records.close();
    },
  };
}

export interface TestRecords {
  readonly environment: Record<string, string>;
  /** Nothing in the product removes an account. */
  removeAccount(username: string): Promise<void>;
  /** Makes every question about accounts fail, as an error of ours would; not as a store that is away. */
  breakAccounts?(): Promise<void>;
  close(): Promise<void>;
}

async function openTestRecords(store: StoreName): Promise<TestRecords> {
  const database = await createTestDatabase(accountsMigrations, SESSIONS_MIGRATIONS, eventBusMigrations);
  if (store === 'MongoDB') return openTestMongo(database);
  const pool = createPool({ databaseUrl: database.url, name: 'test', size: 1 });
  return {
    environment: { ACCOUNTS_DATABASE_URL: database.url, PLATFORM_DATABASE_URL: database.url },
    removeAccount: async (username) => {
      await pool.query('DELETE FROM users WHERE username = $1', [username]);
    },
    breakAccounts: async () => {
      await pool.query('ALTER TABLE users RENAME TO hidden_users');
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

function openTestMongo(database: { url: string; drop(): Promise<void> }): TestRecords {
  const mongo = createTestMongo();
  const { connection, close } = createMongo({ ...mongo, name: 'test', poolSize: 1 });
  return {
    environment: {
      MONGO_URL: mongo.url,
      DATABASE_NAME: mongo.databaseName,
      PLATFORM_DATABASE_URL: database.url,
    },
    removeAccount: async (username) => {
      await connection.collection('users').deleteOne({ username });
    },
    async close() {
      await close();
      await mongo.drop();
      await database.drop();
    },
  };
}
