// Time limits without a timer each: whose limit has passed is told, and nobody else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines, type Expiring } from '../../src/http/deadlines.ts';

function watchedItem(deadlines: Deadlines, deadline: number) {
  const { promise: expired, resolve } = Promise.withResolvers<number>();
  const item = {
    deadline,
    sweepIndex: -1,
    expire(now: number) {
      item.deadline = Number.POSITIVE_INFINITY;
      resolve(now);
    },
  } satisfies Expiring & { deadline: number };
  deadlines.watch(item);
  deadlines.expect(deadline);
  return { item, expired };
}

test('tells each item when its own time has passed, never before', async () => {
  const deadlines = new Deadlines();
  const start = performance.now();
  const limits = [40, 15, 25, 15];
  const items = limits.map((limit) => watchedItem(deadlines, start + limit));
  const times = await Promise.all(items.map(({ expired }) => expired));
  for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(start + limits[index]!);
  for (const { item } of items) deadlines.unwatch(item);
});

test('tells those that are still watched, in whatever order the others have left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { maxLength: 5 }), async (leaving) => {
      const deadlines = new Deadlines();
      const start = performance.now();
      const items = Array.from({ length: 6 }, () => watchedItem(deadlines, start));
      for (const index of leaving) deadlines.unwatch(items[index]!.item);
      const staying = items.filter((_item, index) => !leaving.includes(index));
      await Promise.all(staying.map(({ expired }) => expired));
      for (const index of leaving)
        expect(items[index]!.item).toMatchObject({ deadline: start, sweepIndex: -1 });
      for (const { item } of staying) deadlines.unwatch(item);
    }),
    { numRuns: 40 },
  );
});

test('hears of a limit that is taken after the look at the others', async () => {
  const deadlines = new Deadlines();
  const first = watchedItem(deadlines, performance.now());
  const second = watchedItem(deadlines, Number.POSITIVE_INFINITY);
  await first.expired;
  const due = performance.now() + 5;
  second.item.deadline = due;
  deadlines.expect(due);
  expect(await second.expired).toBeGreaterThanOrEqual(due);
  for (const { item } of [first, second]) deadlines.unwatch(item);
});
