import { createMongo } from '@trafficflux/mongo';
import { createTestMongo, describeOnMongo } from '@trafficflux/tooling/test-stores';
import { expect, test } from 'vitest';
import { describeSessionStore, newSession } from '../../test/session-store-contract.ts';
import { SessionStoreUnavailableError } from './session-store.ts';
import { createMongoSessionStore, prepareMongoSessions } from './session-store-mongo.ts';

async function openTestMongo() {
  const { url, databaseName, drop } = createTestMongo();
  const mongo = createMongo({ url, databaseName, name: 'test' });
  await mongo.connection.asPromise();
  await prepareMongoSessions(mongo);
  const close = async () => {
    await mongo.close();
    await drop();
  };
  return { mongo, close };
}

describeOnMongo('sessions in MongoDB', () => {
  describeSessionStore('the session store in MongoDB', async () => {
    const { mongo, close } = await openTestMongo();
    return { store: createMongoSessionStore(mongo), close };
  });

  test('are documents as documented, with further fields', async () => {
    const { mongo, close } = await openTestMongo();
    const session = newSession();
    await createMongoSessionStore(mongo).create(session);
    const document = await mongo.connection.collection('sessions').findOne({});
    expect(document).toEqual({
      _id: expect.objectContaining({}),
      user_id: session.userId,
      search_keyword: session.searchKeyword,
      target_domain: session.targetDomain,
      status: 'started',
      created_at: session.createdAt,
      updated_at: session.createdAt,
      thread_count: 2,
      driver: 'dry-run',
      runner: session.runner,
    });
    expect(String(document?._id)).toBe(session.id);
    await close();
  });

  test('are read by an index of user and time, made once however often they are prepared', async () => {
    const { mongo, close } = await openTestMongo();
    await prepareMongoSessions(mongo);
    const indexes = await mongo.connection.collection('sessions').listIndexes().toArray();
    const keys = indexes.map(({ key }) => Object.entries(key).join(' '));
    expect(keys.toSorted()).toEqual([
      '_id,1',
      'status,1 runner,1',
      'user_id,1 created_at,-1 _id,-1',
      'user_id,1 status,1',
    ]);
    await close();
  });

  test('that others wrote, with the documented fields only, are listed', async () => {
    const { mongo, close } = await openTestMongo();
    const at = new Date('2026-01-02T03:04:05.678Z');
    const documented = {
      user_id: 'old',
      search_keyword: 'k',
      target_domain: 't',
      created_at: at,
      updated_at: at,
    };
    await mongo.connection.collection('sessions').insertOne({ ...documented, status: 'started' });
    const store = createMongoSessionStore(mongo);
    expect(await store.listByUser('old', 10)).toMatchObject([
      { userId: 'old', status: 'started', threadCount: 1, createdAt: at },
    ]);
    expect(await store.listOwners()).toEqual([]);
    await close();
  });
});

test('a server out of reach is an unavailable store', async () => {
  const mongo = createMongo({
    url: 'mongodb://127.0.0.1:1',
    databaseName: 'none',
    name: 'test',
    serverSelectionTimeoutMs: 100,
  });
  const store = createMongoSessionStore(mongo);
  await expect(store.listByUser('user', 1)).rejects.toThrow(SessionStoreUnavailableError);
  await expect(store.write([])).resolves.toBeUndefined();
  await expect(prepareMongoSessions(mongo)).rejects.toThrow(SessionStoreUnavailableError);
  await mongo.close();
});
