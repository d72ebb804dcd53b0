// The real service for tests: the real app on stores of its own, and short ways to ask it.
import { accountsMigrations, type Role } from '@trafficflux/accounts';
import { createPasswords } from '@trafficflux/auth';
import { campaignMigrations } from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { createLogger } from '@trafficflux/service-kit';
import { createAsker } from '@trafficflux/tooling/service-tests';
import { createTestDatabase, TEST_SECRET } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { buildApp } from '../src/app.ts';
import { loadCampaignsConfig } from '../src/config.ts';
import { openStores } from '../src/stores/stores.ts';

export type Service = Awaited<ReturnType<typeof startCampaignsApi>>;

export const PASSWORD = 'pass word';

/** Starts the service on a database of its own; `environment` overrides variables, `databaseUrl` shares another one's. */
export async function startCampaignsApi(environment: Record<string, string> = {}, databaseUrl?: string) {
  const database = databaseUrl === undefined ? await createPlatform() : undefined;
  const url = databaseUrl ?? database?.url ?? '';
  const lines: string[] = [];
  const logger = createLogger({
    name: 'campaigns-api',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const env = {
    DATABASE_URL: url,
    PLATFORM_DATABASE_URL: url,
    ACCOUNTS_DATABASE_URL: url,
    SECRET_KEY: TEST_SECRET,
    // A busy machine must not make the tests of everything else meet 503.
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    BCRYPT_COST: '4',
    HOST: '127.0.0.1',
    PORT: '0',
    ...environment,
  };
  const config = loadCampaignsConfig({ env });
  const stores = await openStores(config, logger);
  const app = await buildApp(config, stores, logger);
  const sql = new pg.Pool({ connectionString: url, max: 4 });
  sql.on('error', () => {});
  await app.ready();
  const asker = createAsker(app);
  const { get, post, put } = asker;

  return {
    app,
    stores,
    lines,
    sql,
    databaseUrl: url,
    ...asker,
    /** Creates a campaign and returns its id. */
    async create(fields: Record<string, unknown> = {}, token?: string): Promise<string> {
      return (await post('/api/sessions/', campaign(fields), token)).json.id;
    },
    setStatus: (id: string, status: string, token?: string) =>
      put(`/api/traffic/campaigns/${id}/status`, { status }, token),
    /** The campaign as the sessions API shows it. */
    show: async (id: string) => (await get(`/api/sessions/${id}`)).json,
    /** Makes an account, as the session runner would. */
    async addAccount(username: string, roles: readonly Role[]): Promise<void> {
      const hashedPassword = await passwords.hash(PASSWORD);
      const email = `${username}@example.com`;
      await stores.accounts?.create({ username, email, fullName: null, hashedPassword, roles });
    },
    async logIn(username: string, password = PASSWORD): Promise<string> {
      return (await post('/api/traffic/token', { username, password })).json.access_token;
    },
    async close() {
      await app.close();
      await sql.end();
      await database?.drop();
    },
  };
}

/** A campaign that is right in every field. */
export function campaign(fields: Record<string, unknown> = {}) {
  return { name: 'Spring', target_url: 'https://example.com/', ...fields };
}

const passwords = createPasswords({ cost: 4, isProduction: false });

/** Campaigns, queue, bus and accounts in one database, as a small installation may have it. */
async function createPlatform() {
  const database = await createTestDatabase(campaignMigrations, eventBusMigrations, accountsMigrations);
  await migrateJobQueue({ databaseUrl: database.url, log: () => {} });
  return database;
}
