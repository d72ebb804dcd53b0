// The stores of the hub, on the cores of the clients: PostgreSQL with one account.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createPostgresAccountStore } from '@trafficflux/accounts';
import { startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import bcrypt from 'bcrypt';
import pg from 'pg';
import { toHubFile } from './hub.ts';

export interface Stores {
  /** What the hub needs to find them. */
  readonly env: NodeJS.ProcessEnv;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const [username, password] = ['bench', 'bench-password'];

export async function startStores(folder: string): Promise<Stores> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  try {
    await postgres.createDatabase('hub');
    const databaseUrl = postgres.url('hub');
    const env = { ACCOUNTS_DATABASE_URL: databaseUrl, PLATFORM_DATABASE_URL: databaseUrl };
    await runMigrations(env);
    await register(databaseUrl);
    return { env, username, password, stop: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function runMigrations(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [toHubFile('migrate.ts')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the migration of the hub failed');
}

async function register(databaseUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const hashedPassword = await bcrypt.hash(password, 10);
    const account = { username, email: 'bench@example.com', fullName: null, hashedPassword };
    await createPostgresAccountStore(pool).create(account);
  } finally {
    await pool.end();
  }
}
