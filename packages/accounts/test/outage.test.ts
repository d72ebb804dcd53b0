// What whoever asks for an account sees while the store is away, and after it came back.
import { createMongo } from '@trafficflux/mongo';
import { createPool, migrate } from '@trafficflux/postgres';
import { describeOnOwnMongo, startOwnMongo, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMongoAccountStore, prepareMongoAccounts } from '../src/account-store-mongo.ts';
import {
  type AccountStore,
  AccountStoreUnavailableError,
  accountsMigrations,
  createPostgresAccountStore,
} from '../src/index.ts';
import { newAccount } from './account-store-contract.ts';

interface OutageCase {
  readonly store: AccountStore;
  readonly server: { kill(): Promise<void>; restart(): Promise<void>; freeze(): void; thaw(): void };
  close(): Promise<void>;
}

/** On a busy machine the short limits of these tests may run out before anything went away. */
const PATIENT = { timeout: 30_000, interval: 100 };

describeOnOwnMongo('accounts in a MongoDB that goes away', () => testOutage(openMongo));
describe('accounts in a PostgreSQL that goes away', () => testOutage(openPostgres));

async function openMongo(): Promise<OutageCase> {
  const server = await startOwnMongo();
  const limits = { serverSelectionTimeoutMs: 2000, connectTimeoutMs: 2000, socketTimeoutMs: 2000 };
  const mongo = createMongo({ url: server.url, databaseName: 'accounts', name: 'test', ...limits });
  await vi.waitFor(() => prepareMongoAccounts(mongo), PATIENT);
  return {
    store: createMongoAccountStore(mongo),
    server,
    async close() {
      await mongo.close();
      await server.remove();
    },
  };
}

async function openPostgres(): Promise<OutageCase> {
  const server = await startOwnPostgres();
  await migrate({ databaseUrl: server.url, folder: accountsMigrations });
  const limits = { connectTimeoutMs: 2000, statementTimeoutMs: 2000 };
  const pool = createPool({ databaseUrl: server.url, name: 'test', ...limits });
  return {
    store: createPostgresAccountStore(pool),
    server: { ...server, kill: server.stop },
    async close() {
      await pool.end();
      await server.remove();
    },
  };
}

function testOutage(open: () => Promise<OutageCase>): void {
  let opened: OutageCase;
  let username: string;
  let id: string;
  beforeAll(async () => {
    opened = await open();
    ({ username, id } = await vi.waitFor(() => opened.store.create(newAccount()), PATIENT));
  });
  afterAll(() => opened.close());

  const everything = ({ store }: OutageCase): (() => Promise<unknown>)[] => [
    () => store.findById(id),
    () => store.findAllById([id]),
    () => store.findByUsername(username),
    () => store.findByLogin(username),
    () => store.list({ limit: 1 }),
    () => store.setDisabled(username, false),
    () => store.setRoles(username, ['user']),
    () => store.create(newAccount()),
    () => store.ping(),
  ];
  const comesBack = () =>
    expect.poll(() => opened.store.findById(id).then((account) => account?.username)).toBe(username);

  /** Asks everything at once, and returns why what failed did so. */
  const findFailures = async () => {
    const results = await Promise.allSettled(everything(opened).map((ask) => ask()));
    return results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  };

  /** Asks everything at once, and returns what came of it other than that the store is unavailable. */
  const findOtherAnswers = async () => {
    const results = await Promise.allSettled(everything(opened).map((ask) => ask()));
    return results.filter(
      (result) => result.status === 'fulfilled' || !(result.reason instanceof AccountStoreUnavailableError),
    );
  };

  test('are unavailable to every question, and come back by themselves', { timeout: 60_000 }, async () => {
    await opened.server.kill();
    expect(await findOtherAnswers()).toEqual([]);
    await opened.server.restart();
    await comesBack();
    await expect.poll(findFailures).toEqual([]);
  });

  test('are unavailable while the server accepts and never answers', async () => {
    opened.server.freeze();
    const others = await findOtherAnswers();
    opened.server.thaw();
    expect(others).toEqual([]);
    await comesBack();
  });
}
