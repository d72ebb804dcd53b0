import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@trafficflux/service-kit';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { newLoginSession } from '../../test/login-session-store-contract.ts';
import { loadStoreConfig } from '../config.ts';
import { openStores } from './stores.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const NOWHERE = 'postgresql://me:hunter2@127.0.0.1:1/none';

async function runMigrate(environment: Record<string, string>) {
  const file = fileURLToPath(new URL('../migrate.ts', import.meta.url));
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

describe('migrate', { timeout: 120_000 }, () => {
  test('brings accounts, bus and login sessions up to date, and says when there is nothing to do', async () => {
    await using database = await createTestDatabase();
    const environment = { ACCOUNTS_DATABASE_URL: database.url, PLATFORM_DATABASE_URL: database.url };
    const first = await runMigrate(environment);
    expect(first).toMatchObject({ code: 0, err: '' });
    for (const part of ['accounts', 'bus', 'login'])
      expect(first.out).toMatch(new RegExp(`^Applied 20261128\\d+_${part}_`, 'm'));
    expect(await runMigrate(environment)).toMatchObject({ code: 0, out: 'The databases are up to date.\n' });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('SELECT FROM login_sessions, users, bus_payloads');
    await client.end();
  });

  test('ends with one sentence and 1 when a database cannot be reached', async () => {
    await using database = await createTestDatabase();
    const { code, err } = await runMigrate({
      ACCOUNTS_DATABASE_URL: database.url,
      PLATFORM_DATABASE_URL: NOWHERE,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^The database none on 127\.0\.0\.1:1 cannot be reached: .*\n$/);
    expect(err).not.toContain('hunter2');
  });

  test('leaves PostgreSQL alone where MongoDB and Redis take its place', async () => {
    const { code, out } = await runMigrate({
      MONGO_URL: 'mongodb://me:hunter2@127.0.0.1:1',
      ACCOUNTS_DATABASE_URL: NOWHERE,
      REDIS_URL: 'redis://127.0.0.1:1',
      PLATFORM_DATABASE_URL: NOWHERE,
    });
    expect({ code, out }).toEqual({ code: 0, out: 'The databases are up to date.\n' });
  });
});

describe('stores', () => {
  test.each([
    { ACCOUNTS_DATABASE_URL: NOWHERE, PLATFORM_DATABASE_URL: NOWHERE },
    {
      MONGO_URL: 'mongodb://me:hunter2@127.0.0.1:1',
      REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
      ACCOUNTS_CONNECT_TIMEOUT_MS: '300',
    },
  ])('open without waiting for them, and are not ready while they are away: %j', async (env) => {
    const stores = await openStores(loadStoreConfig({ env: env as Record<string, string> }), logger);
    expect(Object.keys(stores.readiness)).toEqual(['accounts', 'login-sessions']);
    for (const check of Object.values(stores.readiness))
      await expect(check()).rejects.toThrow('not available');
    const session = stores.loginSessions.create(newLoginSession(), 0);
    await expect(session).rejects.toMatchObject({ name: 'LoginSessionsUnavailableError' });
    await stores.close();
  });

  test('cannot be opened by a URL that the driver of MongoDB does not read', async () => {
    const env = { MONGO_URL: 'mongodb://:hunter2', PLATFORM_DATABASE_URL: NOWHERE };
    await expect(openStores(loadStoreConfig({ env }), logger)).rejects.toThrow(
      /^MONGO_URL is not usable\. (?!.*hunter2)/,
    );
  });
});
