import { createTestMongo, describeOnMongo, type TestMongo } from '@trafficflux/tooling/test-stores';
import { type Model, Schema } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMongo,
  describeMongoError,
  isDuplicateKey,
  isMongoUnavailable,
  type Mongo,
} from '../src/index.ts';

interface Thing {
  name: string;
  key?: string;
}
const things = new Schema<Thing>({ name: String, key: String }, { collection: 'things', versionKey: false });

describeOnMongo('a connection to MongoDB', () => {
  let database: TestMongo;
  let mongo: Mongo;
  beforeAll(() => {
    database = createTestMongo();
    mongo = createMongo({ url: database.url, databaseName: database.databaseName, name: 'test' });
  });
  afterAll(async () => {
    await mongo.close();
    await database.drop();
  });
  const model = (): Model<Thing> =>
    mongo.connection.models.Thing ?? mongo.connection.model<Thing>('Thing', things);

  test('serves operations that came before it was there', async () => {
    await model().create({ name: 'early' });
    expect(await model().findOne({ name: 'early' }).lean()).toMatchObject({ name: 'early' });
    await mongo.ping();
  });

  test('creates no collection and no index by itself', async () => {
    const lazy = mongo.connection.model(
      'Lazy',
      new Schema({ name: { type: String, unique: true } }, { collection: 'lazy' }),
    );
    await lazy.init();
    const names = (await mongo.connection.listCollections()).map(({ name }) => name);
    expect(names).not.toContain('lazy');
  });

  test('has models of its own', async () => {
    const other = createMongo({ url: database.url, databaseName: 'another', name: 'test' });
    expect(other.connection.models).toEqual({});
    expect(other.connection.model('Thing', things)).not.toBe(model());
    await other.close();
  });

  test('S26 never takes a value for an operator', async () => {
    await model().create({ name: 'secret' });
    for (const value of [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, { $exists: true }]) {
      const found = model()
        .findOne({ name: value as never })
        .lean();
      await expect(found).rejects.toThrow(/Cast to string failed/);
    }
    await expect(
      model()
        .findOne({ $where: 'true' } as never)
        .lean(),
    ).rejects.toThrow(/not allowed/);
  });

  test('refuses a filter on a field that there is none of, instead of matching everything', async () => {
    await expect(model().deleteMany({ nmae: 'secret' } as never)).rejects.toThrow(/not in schema/);
    expect(await model().countDocuments({ name: 'secret' })).toBe(1);
  });

  test('tells a broken unique index from an outage, and its sentence leaves the value out', async () => {
    await model().collection.createIndex({ key: 1 }, { unique: true });
    await model().create({ name: 'a', key: 'private@example.com' });
    const error: unknown = await model()
      .create({ name: 'b', key: 'private@example.com' })
      .catch((thrown: unknown) => thrown);
    expect([isDuplicateKey(error), isMongoUnavailable(error)]).toEqual([true, false]);
    expect(isDuplicateKey(new Error('outer', { cause: error }))).toBe(true);
    expect(describeMongoError(error)).not.toContain('private');
  });
});

describe('the URL of a MongoDB', () => {
  test.each([
    '',
    'postgresql://me:hunter2@db/x',
    'mongodb://me:hunter2',
    'mongodb://me:hunter2@db:port',
    'hunter2',
  ])('%s is refused with a sentence that does not repeat it', (url) => {
    const create = () => createMongo({ url, databaseName: 'x', name: 'test' });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(/hunter2/);
  });
});

describe('an error that is none of MongoDB', () => {
  test.each([null, undefined, 'text', 5, new Error('other'), {}])(
    '%j is no outage and breaks no index',
    (error) => {
      expect([isMongoUnavailable(error), isDuplicateKey(error)]).toEqual([false, false]);
      expect(typeof describeMongoError(error)).toBe('string');
    },
  );
});
