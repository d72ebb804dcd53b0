import { describe, expect, it } from 'vitest';
import { eachAtMost } from './each-at-most.ts';

describe('doing it for each', () => {
  it('has no more at once than it may, and keeps the order', async () => {
    let [atOnce, most] = [0, 0];
    const results = await eachAtMost(3, [5, 1, 4, 2, 3], async (value, index) => {
      most = Math.max(most, ++atOnce);
      for (let turn = 0; turn < value; turn += 1) await Promise.resolve();
      atOnce -= 1;
      return [value, index];
    });
    expect(results).toEqual([
      [5, 0],
      [1, 1],
      [4, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(most).toBe(3);
  });

  it('fails with the first that fails', async () => {
    const fail = () => Promise.reject(new Error('no'));
    await expect(eachAtMost(2, [1, 2], fail)).rejects.toThrow('no');
  });
});
