import { describe, expect, it } from 'vitest';
import { endSilence, isMongoUnavailable } from '../src/index.ts';

describe('an operation of which nothing is heard', () => {
  it('ends as one of a server that is away', async () => {
    const error = await endSilence(() => new Promise<never>(() => {}), 20).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'MongoDB did not answer within 20 ms.' });
    expect(isMongoUnavailable(error)).toBe(true);
  });

  it('is left alone when it ends by itself', async () => {
    expect(await endSilence(async () => 7)).toBe(7);
    await expect(endSilence(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
