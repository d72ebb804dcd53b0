import { describe, expect, it } from 'vitest';
import { createMongo, isMongoUnavailable } from '../src/index.ts';

const LIMITS = { serverSelectionTimeoutMs: 15, socketTimeoutMs: 5 };

describe('an operation of which nothing is heard', () => {
  const open = () =>
    createMongo({ url: 'mongodb://127.0.0.1:1', databaseName: 'x', name: 'test', ...LIMITS });

  it('ends after the limits of its connection together, as one of a server that is away', async () => {
    const mongo = open();
    const error = await mongo
      .endSilence(() => new Promise<never>(() => {}))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'MongoDB did not answer within 20 ms.' });
    expect(isMongoUnavailable(error)).toBe(true);
    await mongo.close();
  });

  it('is left alone when it ends by itself', async () => {
    const mongo = open();
    expect(await mongo.endSilence(async () => 7)).toBe(7);
    await expect(mongo.endSilence(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await mongo.close();
  });
});
