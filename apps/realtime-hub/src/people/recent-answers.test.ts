import { expect, test } from 'vitest';
import { RecentAnswers } from './recent-answers.ts';

const create = (maxEntries = 1000) => new RecentAnswers<string>({ keptForMs: 60, maxEntries });

test('an answer counts for its time, and the last one of a name counts', () => {
  const answers = create();
  answers.set('a', 'first', 0);
  answers.set('a', 'second', 10);
  expect(answers.find('a', 70)).toBe('second');
  expect(answers.find('a', 71)).toBeUndefined();
  expect(answers.find('b', 0)).toBeUndefined();
});

test('answers that count no more are dropped, the others stay', () => {
  const answers = create();
  for (const [name, at] of [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ] as const)
    answers.set(name, name, at);
  answers.set('a', 'again', 50);
  answers.prune(62);
  expect(answers.size).toBe(2);
  expect(answers.find('c', 62)).toBe('c');
  expect(answers.find('a', 62)).toBe('again');
  answers.prune(1000);
  expect(answers.size).toBe(0);
});

test('S40 there are never more than there may be: the oldest go', () => {
  const answers = create(100);
  for (let name = 0; name < 1000; name++) answers.set(String(name), 'x', 0);
  answers.prune(0);
  expect(answers.size).toBe(100);
  expect(answers.find('999', 0)).toBe('x');
  expect(answers.find('899', 0)).toBeUndefined();
});
