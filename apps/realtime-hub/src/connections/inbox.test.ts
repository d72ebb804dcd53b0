import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

function createInbox() {
  const log: string[] = [];
  const answers: (() => void)[] = [];
  const inbox = new Inbox({
    ask: (answered) => void answers.push(answered),
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
  });
  const add = (name: string, needsStanding: boolean, bytes = 1) =>
    inbox.add({ needsStanding, bytes, run: () => void log.push(name) });
  const answer = () => answers.shift()?.();
  return { inbox, log, answers, add, answer };
}

describe('an inbox', () => {
  test('does at once what needs no right', () => {
    const { add, log } = createInbox();
    add('ping', false);
    expect(log).toEqual(['ping']);
  });

  test('keeps the order: what needs no right waits behind what does', () => {
    const { add, log, answer } = createInbox();
    add('subscribe', true);
    add('ping', false);
    expect(log).toEqual([]);
    answer();
    expect(log).toEqual(['subscribe', 'ping']);
  });

  test('S11: asks again for what came after the question', () => {
    const { add, log, answers, answer } = createInbox();
    add('first', true);
    add('second', true);
    expect(answers).toHaveLength(1);
    answer();
    expect(log).toEqual(['first']);
    expect(answers).toHaveLength(1);
    answer();
    expect(log).toEqual(['first', 'second']);
    expect(answers).toHaveLength(0);
  });

  test('S40: stops the sender while too much waits', () => {
    const { add, log, answer } = createInbox();
    for (let number = 0; number < 256; number++) add('', true);
    expect(log).toEqual(['pause']);
    answer();
    answer();
    expect(log.at(-1)).toBe('resume');
    expect(log.filter((line) => line === '')).toHaveLength(256);
  });

  test('S40: counts bytes too', () => {
    const { add, log } = createInbox();
    for (let number = 0; number < 4; number++) add('', true, 65_536);
    expect(log).toEqual(['pause']);
  });

  test('does nothing more once it is closed', () => {
    const { add, log, answer, inbox } = createInbox();
    add('late', true);
    inbox.close();
    answer();
    add('later', false);
    expect(log).toEqual([]);
  });
});
