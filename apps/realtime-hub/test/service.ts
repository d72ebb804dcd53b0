// The real hub for tests: the real app on stores of its own, and short ways to ask it.
import { accountsMigrations, type Role, toUserId } from '@trafficflux/accounts';
import { createPasswords } from '@trafficflux/auth';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import { type App, createLogger } from '@trafficflux/service-kit';
import { createAsker } from '@trafficflux/tooling/service-tests';
import {
  createTestDatabase,
  createTestMongo,
  createTestRedis,
  describeOnMongo,
  describeOnRedis,
  TEST_SECRET,
} from '@trafficflux/tooling/test-stores';
import { describe } from 'vitest';
import { buildApp } from '../src/app.ts';
import { loadHubConfig } from '../src/config.ts';
import { HUB_MIGRATIONS } from '../src/stores/migrations.ts';
import { openStores } from '../src/stores/stores.ts';

export type Hub = Awaited<ReturnType<typeof startHub>>;

export const PASSWORD = 'pass word';

export interface Login {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly session_id: string;
  readonly user: { readonly id: string; readonly username: string; readonly roles: readonly Role[] };
}

/** The same facts on PostgreSQL alone, and on MongoDB with Redis, as compose runs it. */
export function describeOnStores(name: string, suite: (start: typeof startHub) => void): void {
  describe(`${name} in PostgreSQL`, () => suite(startHub));
  describeOnMongo(`${name} in MongoDB and Redis`, () => describeOnRedis('', () => suite(startHubOnMongo)));
}

async function startHubOnMongo(environment: Record<string, string> = {}): Promise<Hub> {
  const [mongo, redis] = [createTestMongo(), await createTestRedis()];
  const stores = { MONGO_URL: mongo.url, DATABASE_NAME: mongo.databaseName, REDIS_URL: redis.url };
  const hub = await startHub({ ...stores, ...environment });
  const { connection, close } = createMongo({ ...mongo, name: 'test', poolSize: 1 });
  return {
    ...hub,
    removeAccount: async (username) => {
      await connection.collection('users').deleteOne({ username });
    },
    async close() {
      await hub.close();
      await close();
      await mongo.drop();
      await redis.stop();
    },
  };
}

/**
 * Starts the hub on a database of its own, for accounts, login sessions and bus; `environment` overrides variables, also
 * those of the stores. It listens on no port before somebody asks for its address.
 */
export async function startHub(
  environment: Record<string, string> = {},
  /** Adds routes of the test's own. */
  extend: (app: App) => void = () => {},
) {
  const database = await createTestDatabase(accountsMigrations, eventBusMigrations, HUB_MIGRATIONS);
  const lines: string[] = [];
  const logger = createLogger({
    name: 'realtime-hub',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const env = {
    ACCOUNTS_DATABASE_URL: database.url,
    PLATFORM_DATABASE_URL: database.url,
    JWT_SECRET: TEST_SECRET,
    // A busy machine must not make the tests of everything else meet 503.
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    PEOPLE_ANSWER_TIMEOUT_MS: '20000',
    PLATFORM_CONNECT_TIMEOUT_MS: '20000',
    PLATFORM_ANSWER_TIMEOUT_MS: '20000',
    ACCOUNTS_CONNECT_TIMEOUT_MS: '20000',
    ACCOUNTS_ANSWER_TIMEOUT_MS: '20000',
    BCRYPT_COST: '4',
    HOST: '127.0.0.1',
    PORT: '0',
    DRAIN_WINDOW_MS: '100',
    ...environment,
  };
  const config = loadHubConfig({ env });
  const stores = await openStores(config, logger);
  const app = await buildApp(config, stores, logger);
  extend(app);
  await app.ready();
  const sql = createPool({ databaseUrl: database.url, name: 'test', size: 2 });
  const asker = createAsker(app);
  let listening: Promise<{ readonly port: number }> | undefined;

  return {
    app,
    config,
    stores,
    lines,
    databaseUrl: database.url,
    /** On the database of accounts and login sessions, whichever the hub itself uses. */
    sql,
    ...asker,
    /** Listens, and returns the port. */
    async port(): Promise<number> {
      listening ??= app.listenAsConfigured();
      return (await listening).port;
    },
    /** Makes an account, as the session runner would, and returns its user id. */
    async addAccount(username: string, roles?: readonly Role[]): Promise<string> {
      const account = await stores.accounts.create({
        username,
        email: `${username}@example.com`,
        fullName: null,
        hashedPassword: await hashed,
        ...(roles && { roles }),
      });
      return toUserId(account);
    },
    /** Of an account that is there. */
    async logIn(username: string, password = PASSWORD): Promise<Login> {
      return (await asker.post('/sessions', { username, password })).json;
    },
    /** Makes an account and logs it in. */
    async signUp(username: string, roles?: readonly Role[]): Promise<Login> {
      await this.addAccount(username, roles);
      return this.logIn(username);
    },
    async removeAccount(username: string): Promise<void> {
      await sql.query('DELETE FROM users WHERE username = $1', [username]);
    },
    async close() {
      await app.close();
      await sql.end();
      await database.drop();
    },
  };
}

/** One hash serves all: with it a thousand accounts are made within a second. */
const hashed = createPasswords({ cost: 4, isProduction: false }).hash(PASSWORD);

/** The claims of a token, unchecked. */
export function decode(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** The claims of a good access token, with changes, as an attacker who knew the secret would write them. */
export function toClaims(
  userId: string,
  sessionId: string,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000);
  return {
    sub: userId,
    iat,
    nbf: iat,
    exp: iat + 3600,
    iss: 'ai-system-rust',
    aud: 'realtime-communication',
    user_id: userId,
    session_id: sessionId,
    roles: ['user', 'subscriber'],
    permissions: ['read', 'write', 'subscribe'],
    refresh_threshold: iat + 2700,
    ...changes,
  };
}
