import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createSharedRead } from './shared-read.ts';
import { createTurnBatch } from './turn-batch.ts';

/** A read that counts its runs, each of which ends when the test says so. */
function controlledRead() {
  const runs: PromiseWithResolvers<number>[] = [];
  const read = createSharedRead(() => {
    runs.push(Promise.withResolvers());
    return runs.at(-1)?.promise ?? Promise.reject();
  });
  return { runs, read };
}

describe('a shared read', () => {
  test('answers all who ask in one turn with one run', async () => {
    const { runs, read } = controlledRead();
    const answers = [read(), read(), read()];
    await nextTurn();
    await nextTurn();
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(7);
    expect(await Promise.all(answers)).toEqual([7, 7, 7]);
  });

  test('never joins a run that has started: who comes later shares the next one', async () => {
    const { runs, read } = controlledRead();
    const first = read();
    await nextTurn();
    await nextTurn();
    const later = [read(), read()];
    await nextTurn();
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(1);
    expect(await first).toBe(1);
    await nextTurn();
    await nextTurn();
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
  });

  test('fails for its own callers only', async () => {
    const { runs, read } = controlledRead();
    const failing = read();
    await nextTurn();
    await nextTurn();
    const next = read();
    runs[0]?.reject(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await nextTurn();
    await nextTurn();
    runs[1]?.resolve(5);
    expect(await next).toBe(5);
  });
});

describe('a batch of one turn', () => {
  test('asks for each key once, and gives every caller their own value', async () => {
    const asked: (readonly number[])[] = [];
    const read = createTurnBatch(async (keys: readonly number[]) => {
      asked.push(keys);
      return new Map(keys.filter((key) => key !== 3).map((key) => [key, `value ${key}`]));
    });
    expect(await Promise.all([read(1), read(2), read(1), read(3)])).toEqual([
      'value 1',
      'value 2',
      'value 1',
      undefined,
    ]);
    expect(await read(1)).toBe('value 1');
    expect(asked).toEqual([[1, 2, 3], [1]]);
  });

  test('fails for those who asked in that turn only', async () => {
    let isAway = true;
    const read = createTurnBatch(async (keys: readonly number[]) => {
      if (isAway) throw new Error('away');
      return new Map(keys.map((key) => [key, key]));
    });
    const results = await Promise.allSettled([read(1), read(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await read(1)).toBe(1);
  });
});
