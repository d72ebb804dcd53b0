// `npm run accounts` as the process that it is: the same variables as the service, the same store.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { accountsMigrations, createPostgresAccountStore } from '@trafficflux/accounts';
import { createMongoAccountStore, prepareMongoAccounts } from '@trafficflux/accounts/mongo';
import { createMongo } from '@trafficflux/mongo';
import { createPool } from '@trafficflux/postgres';
import { createTestDatabase, createTestMongo, describeOnMongo } from '@trafficflux/tooling/test-stores';
import { describe, expect, test } from 'vitest';

const FILE = fileURLToPath(new URL('../src/accounts.ts', import.meta.url));
const BOB = { username: 'bob', email: 'bob@example.com', fullName: null, hashedPassword: 'x' };

async function run(environment: Record<string, string>, ...args: string[]) {
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [FILE, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  });
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

describe('npm run accounts', () => {
  test('works on the accounts in PostgreSQL', async () => {
    await using database = await createTestDatabase(accountsMigrations);
    const pool = createPool({ databaseUrl: database.url, name: 'test' });
    await createPostgresAccountStore(pool).create(BOB);
    const environment = { ACCOUNTS_DATABASE_URL: database.url };
    expect(await run(environment, 'role', 'bob', '--add', 'admin')).toEqual({
      code: 0,
      out: 'bob has admin, user, subscriber.\n',
      err: '',
    });
    const { out } = await run(environment, 'list', '--json');
    expect(JSON.parse(out)).toMatchObject([{ username: 'bob', roles: ['admin', 'user', 'subscriber'] }]);
    expect(await run(environment, 'disable', 'nobody')).toEqual({
      code: 1,
      out: '',
      err: 'There is no account named "nobody".\n',
    });
    await pool.end();
  });

  test('says in one sentence that the store is away, without its password', async () => {
    const { code, err } = await run(
      { ACCOUNTS_DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/accounts' },
      'list',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^The accounts are not available: .*ECONNREFUSED.*\n$/);
    expect(err).not.toContain('hunter2');
  });

  test('says which variable is missing', async () => {
    expect(await run({}, 'list')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^MONGO_URL or ACCOUNTS_DATABASE_URL must be set.*\n$/),
    });
  });
});

describeOnMongo('npm run accounts on MongoDB', () => {
  test('works on the accounts there', async () => {
    await using database = createTestMongo();
    const mongo = createMongo({ ...database, name: 'test' });
    await prepareMongoAccounts(mongo);
    await createMongoAccountStore(mongo).create(BOB);
    const environment = { MONGO_URL: database.url, DATABASE_NAME: database.databaseName };
    expect(await run(environment, 'disable', 'bob')).toEqual({ code: 0, out: 'bob is disabled.\n', err: '' });
    expect((await run(environment, 'list')).out).toMatch(/^bob .* disabled /m);
    await mongo.close();
  });
});
