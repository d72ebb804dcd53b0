import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMongo } from '@trafficflux/mongo';
import { createLogger } from '@trafficflux/service-kit';
import {
  createTestDatabase,
  createTestMongo,
  describeOnMongo,
  describeOnOwnMongo,
  startOwnMongo,
} from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSession } from '../../test/session-store-contract.ts';
import { loadStoreConfig } from '../config.ts';
import { SESSIONS_MIGRATIONS } from './migrations.ts';
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
  let url: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    // The sessions are there already: it brings what is missing.
    ({ url, drop } = await createTestDatabase(SESSIONS_MIGRATIONS));
  });
  afterAll(() => drop());

  test('brings accounts, sessions and the bus up to date, and says when there is nothing to do', async () => {
    const environment = { ACCOUNTS_DATABASE_URL: url, PLATFORM_DATABASE_URL: url };
    const first = await runMigrate(environment);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^Applied 20261128\d+_accounts_/m);
    expect(first.out).toMatch(/^Applied 20261128\d+_bus_/m);
    expect(await runMigrate(environment)).toMatchObject({ code: 0, out: 'The databases are up to date.\n' });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>('SELECT name FROM applied_migrations');
    await client.end();
    for (const part of ['_accounts_', '_sessions_', '_bus_'])
      expect(rows.some(({ name }) => name.includes(part))).toBe(true);
  });

  test('ends with one sentence and 1 when a database cannot be reached', async () => {
    const { code, err } = await runMigrate({ ACCOUNTS_DATABASE_URL: url, PLATFORM_DATABASE_URL: NOWHERE });
    expect(code).toBe(1);
    expect(err).toMatch(/^The database none on 127\.0\.0\.1:1 cannot be reached: .*\n$/);
    expect(err).not.toContain('hunter2');
  });

  test('leaves PostgreSQL alone where MongoDB and Redis take its place, and says when MongoDB is away', async () => {
    const { code, err } = await runMigrate({
      MONGO_URL: 'mongodb://me:hunter2@127.0.0.1:1',
      ACCOUNTS_DATABASE_URL: NOWHERE,
      REDIS_URL: 'redis://127.0.0.1:1',
      PLATFORM_DATABASE_URL: NOWHERE,
      ACCOUNTS_CONNECT_TIMEOUT_MS: '200',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^MongoDB is not available: .*\n$/);
    expect(err).not.toContain('hunter2');
  });
});

describe('stores in PostgreSQL', () => {
  test('open without waiting for it, and are not ready while it is away', async () => {
    const config = loadStoreConfig({
      env: { ACCOUNTS_DATABASE_URL: NOWHERE, PLATFORM_DATABASE_URL: NOWHERE },
    });
    const stores = await openStores(config, logger);
    expect(Object.keys(stores.readiness)).toEqual(['postgres']);
    await expect(stores.readiness.postgres?.()).rejects.toThrow('out of reach');
    await stores.close();
  });
});

describeOnMongo('stores in MongoDB', () => {
  test('make their indexes by themselves, and `migrate` makes them too', async () => {
    const { url, databaseName, drop } = createTestMongo();
    const environment = { MONGO_URL: url, DATABASE_NAME: databaseName, REDIS_URL: 'redis://127.0.0.1:1' };
    expect(await runMigrate(environment)).toMatchObject({
      code: 0,
      out: 'The indexes of MongoDB are there.\n',
    });
    const stores = await openStores(loadStoreConfig({ env: environment }), logger);
    await stores.readiness.mongodb?.();
    await stores.sessions.create(newSession({ userId: 'ada' }));
    expect(await stores.sessions.listByUser('ada', 10)).toHaveLength(1);
    await stores.close();
    const mongo = createMongo({ url, databaseName, name: 'test' });
    await mongo.connection.asPromise();
    const names = (await mongo.connection.listCollections()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['users', 'sessions', 'journeys', 'journey_steps']));
    await mongo.close();
    await drop();
  });
});

describeOnOwnMongo('stores on a MongoDB that goes away', () => {
  test('open without it, and make their indexes when it is there', async () => {
    const server = await startOwnMongo();
    await server.kill();
    const env = {
      MONGO_URL: server.url,
      REDIS_URL: 'redis://127.0.0.1:1',
      ACCOUNTS_CONNECT_TIMEOUT_MS: '500',
    };
    const stores = await openStores(loadStoreConfig({ env }), logger);
    await expect(stores.readiness.mongodb?.()).rejects.toThrow();
    await expect(stores.prepare()).rejects.toThrow('not available');
    await server.restart();
    const mongo = createMongo({ url: server.url, databaseName: 'trafficflux_db', name: 'test' });
    await mongo.connection.asPromise();
    await expect
      .poll(
        async () =>
          (
            await mongo.connection
              .collection('journey_steps')
              .listIndexes()
              .toArray()
              .catch(() => [])
          ).length,
        { timeout: 20_000 },
      )
      .toBe(2);
    await mongo.close();
    await stores.close();
    await server.remove();
  });
});
