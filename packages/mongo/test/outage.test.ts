// A server that is killed, frozen, or was never there.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describeOnOwnMongo, type OwnMongo, startOwnMongo } from '@trafficflux/tooling/test-stores';
import { Schema } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMongo, isMongoUnavailable, type Mongo } from '../src/index.ts';

const SHORT = { serverSelectionTimeoutMs: 1500, connectTimeoutMs: 1500, socketTimeoutMs: 1500 };
const things = new Schema({ name: String }, { collection: 'things', versionKey: false });

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable('It should have failed.'),
    (error: unknown) => error,
  );

describeOnOwnMongo('a MongoDB that goes away', () => {
  let server: OwnMongo;
  let mongo: Mongo;
  beforeAll(async () => {
    server = await startOwnMongo();
    mongo = createMongo({ url: server.url, databaseName: 'outage', name: 'test', ...SHORT });
    mongo.connection.model('Thing', things);
    await vi.waitFor(find, 30_000);
  });
  afterAll(async () => {
    await mongo.close();
    await server.remove();
  });
  const find = () => mongo.connection.model('Thing').findOne({ name: 'x' }).lean().exec();
  const create = () => mongo.connection.model('Thing').create({ name: 'y' });

  test('is an outage to reads, writes and pings, and serves again by itself', async () => {
    await server.kill();
    for (const work of [find, create, mongo.ping]) {
      expect(isMongoUnavailable(await failureOf(work()))).toBe(true);
    }
    await server.restart();
    await expect.poll(() => find().then(() => 'found')).toBe('found');
    await create();
    await mongo.ping();
  });

  test('is an outage to whatever was under way when it was killed', async () => {
    for (let round = 0; round < 3; round++) {
      await expect.poll(() => find().then(() => 'found')).toBe('found');
      const underWay = Promise.allSettled(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? find() : create())),
      );
      await server.kill();
      const failures = (await underWay).filter(({ status }) => status === 'rejected');
      expect(
        failures.filter((failure) => !isMongoUnavailable((failure as PromiseRejectedResult).reason)),
      ).toEqual([]);
      await server.restart();
    }
  });

  test('is an outage while it is frozen, and serves again when it thaws', async () => {
    server.freeze();
    expect(isMongoUnavailable(await failureOf(find()))).toBe(true);
    expect(isMongoUnavailable(await failureOf(create()))).toBe(true);
    server.thaw();
    await expect.poll(() => find().then(() => 'found')).toBe('found');
  });

  test('is found when it comes after its client', async () => {
    await server.kill();
    const errors: Error[] = [];
    const early = createMongo({
      url: server.url,
      databaseName: 'outage',
      name: 'test',
      ...SHORT,
      onError: (error) => errors.push(error),
    });
    expect(isMongoUnavailable(await failureOf(early.ping()))).toBe(true);
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await server.restart();
    await expect.poll(() => early.ping().then(() => 'there')).toBe('there');
    await early.close();
  });
});

describe('where no MongoDB listens', () => {
  test('an operation fails as an outage, and closing does not wait for the next attempt', async () => {
    const mongo = createMongo({ url: 'mongodb://127.0.0.1:1', databaseName: 'x', name: 'test', ...SHORT });
    const model = mongo.connection.model('Thing', things);
    expect(isMongoUnavailable(await failureOf(model.findOne({ name: 'x' }).exec()))).toBe(true);
    expect(isMongoUnavailable(await failureOf(mongo.ping()))).toBe(true);
    await mongo.close();
  });

  test('a server that accepts and never answers is an outage', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const mongo = createMongo({ url: urlOf(silent), databaseName: 'x', name: 'test', ...SHORT });
    const model = mongo.connection.model('Thing', things);
    expect(isMongoUnavailable(await failureOf(model.create({ name: 'x' })))).toBe(true);
    await mongo.close();
    silent.close();
  });

  test('closing at once is fine, and what comes later is an outage', async () => {
    const mongo = createMongo({ url: 'mongodb://127.0.0.1:1', databaseName: 'x', name: 'test', ...SHORT });
    await mongo.close();
    expect(isMongoUnavailable(await failureOf(mongo.ping()))).toBe(true);
  });
});

function urlOf(server: Server): string {
  const address = server.address();
  return `mongodb://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
