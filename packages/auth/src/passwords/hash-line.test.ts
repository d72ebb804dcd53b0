import { describe, expect, it, vi } from 'vitest';
import { HashLine } from './hash-line.ts';

/** Work that ends when the test says so. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const run = vi.fn(() => promise);
  return { run, finish: () => resolve('done') };
}

describe('the line of hashes', () => {
  it('runs no more at once than it may, in the order of arrival', async () => {
    const line = new HashLine({ concurrency: 2, length: 10, waitMs: 60_000 });
    const works = [createWork(), createWork(), createWork(), createWork()];
    const results = works.map((work) => line.run(work.run));
    expect(works.map((work) => work.run.mock.calls.length)).toEqual([1, 1, 0, 0]);

    works[1]?.finish();
    await results[1];
    await Promise.resolve();
    expect(works.map((work) => work.run.mock.calls.length)).toEqual([1, 1, 1, 0]);
    for (const work of works) work.finish();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('refuses who would make the line too long, with Retry-After', async () => {
    const line = new HashLine({ concurrency: 1, length: 1, waitMs: 60_000 });
    const first = createWork();
    const running = line.run(first.run);
    const waiting = line.run(first.run);
    await expect(line.run(first.run)).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 5 });
    first.finish();
    expect(await Promise.all([running, waiting])).toEqual(['done', 'done']);
  });

  it('refuses who waited too long, and lets the next one in', async () => {
    vi.useFakeTimers();
    try {
      const line = new HashLine({ concurrency: 1, length: 10, waitMs: 30_000 });
      const first = createWork();
      const running = line.run(first.run);
      const refused = expect(line.run(first.run)).rejects.toMatchObject({ kind: 'unavailable' });
      vi.advanceTimersByTime(30_000);
      await refused;
      const late = line.run(first.run);
      first.finish();
      expect(await Promise.all([running, late])).toEqual(['done', 'done']);
      expect(first.run).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on after work that failed', async () => {
    const line = new HashLine({ concurrency: 1, length: 10, waitMs: 60_000 });
    const failed = line.run(() => Promise.reject(new Error('no')));
    const next = line.run(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
