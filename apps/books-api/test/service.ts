// The real service for tests: the real app on a database of its own, and short ways to ask it.
import { createLogger } from '@trafficflux/service-kit';
import { createAsker } from '@trafficflux/tooling/service-tests';
import { createTestDatabase, TEST_SECRET } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { buildApp } from '../src/app.ts';
import { loadBooksConfig } from '../src/config.ts';
import { MIGRATIONS } from '../src/stores/migrations.ts';
import { openStores } from '../src/stores/stores.ts';

export type Service = Awaited<ReturnType<typeof startService>>;

/** Starts the service; `environment` overrides variables, `databaseUrl` shares the database of another one. */
export async function startService(environment: Record<string, string> = {}, databaseUrl?: string) {
  const database = databaseUrl ? undefined : await createTestDatabase(MIGRATIONS);
  const url = databaseUrl ?? database?.url ?? '';
  const lines: string[] = [];
  const logger = createLogger({
    name: 'books-api',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const env = {
    DATABASE_URL: url,
    SECRET_KEY: TEST_SECRET,
    // A busy machine must not make the tests of everything else meet 503.
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    DATABASE_CONNECT_TIMEOUT_MS: '60000',
    DATABASE_STATEMENT_TIMEOUT_MS: '60000',
    BCRYPT_COST: '4',
    HOST: '127.0.0.1',
    PORT: '0',
    ...environment,
  };
  const config = loadBooksConfig({ env });
  const app = await buildApp(config, openStores(config, logger), logger);
  const sql = new pg.Pool({ connectionString: url, max: 4 });
  sql.on('error', () => {});
  await app.ready();

  const asker = createAsker(app);
  const { post } = asker;

  /** Registers a user and returns a token of theirs. */
  async function signUp(username = 'ursula', password = 'pass word'): Promise<string> {
    await post('/register', { username, password });
    return (await post('/auth/login', { username, password })).json.access_token;
  }

  return {
    app,
    lines,
    sql,
    databaseUrl: url,
    ...asker,
    signUp,
    async close() {
      await app.close();
      await sql.end();
      await database?.drop();
    },
  };
}

/** A book that is right in every field. */
export function book(fields: Record<string, unknown> = {}) {
  return { id: 1, title: 'The Dispossessed', author_id: 1, ...fields };
}
