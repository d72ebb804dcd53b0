import { expect, test } from 'vitest';
import { createRounds } from './rounds.ts';

/** Rounds whose questions are answered when the test says so. */
function createTestRounds({ paceMs = 0, paceWhileAwayMs = 0 } = {}) {
  const begun: { questions: readonly number[]; at: number; end(isAnswered?: boolean): void }[] = [];
  const rounds = createRounds<number>({
    ask(questions) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      begun.push({ questions, at: performance.now(), end: (isAnswered = true) => resolve(isAnswered) });
      return promise;
    },
    paceMs,
    paceWhileAwayMs,
  });
  return { begun, rounds, questions: () => begun.map((round) => round.questions) };
}

test('a round takes all that was asked before it starts, and the next one all that came after', async () => {
  const { begun, rounds, questions } = createTestRounds();
  rounds.add(1);
  rounds.add(2);
  await expect.poll(questions).toEqual([[1, 2]]);
  rounds.add(3);
  rounds.add(4);
  expect(rounds.waiting).toBe(4);
  begun[0]?.end();
  await expect.poll(questions).toEqual([
    [1, 2],
    [3, 4],
  ]);
  begun[1]?.end();
  await expect.poll(() => rounds.waiting).toBe(0);
});

test('rounds keep their pace, and a slower one while nobody answers', async () => {
  const { begun, rounds } = createTestRounds({ paceMs: 100, paceWhileAwayMs: 300 });
  for (const [index, isAnswered] of [true, false, true].entries()) {
    rounds.add(index);
    await expect.poll(() => begun.length).toBe(index + 1);
    begun[index]?.end(isAnswered);
  }
  const [first, second, third] = begun.map(({ at }) => at) as [number, number, number];
  // Never earlier; a timer of Node may be a millisecond early.
  expect(second - first).toBeGreaterThanOrEqual(99);
  expect(third - second).toBeGreaterThanOrEqual(299);
});

test('closed, they start no more, and give back what was not asked', async () => {
  const { begun, rounds, questions } = createTestRounds();
  rounds.add(1);
  await expect.poll(questions).toEqual([[1]]);
  rounds.add(2);
  const closing = rounds.close();
  begun[0]?.end();
  expect(await closing).toEqual([2]);
  expect(questions()).toEqual([[1]]);
});
