import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertPattern, assertTopic, toMatcher } from './topics.ts';

const segment = fc.constantFrom('', 'a', 'b', 'ab', 'A', '1', '-', '_', ':', 'user_1');
const topics = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join('.'))
  .filter((topic) => topic.length > 0);
const patterns = fc
  .tuple(
    fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 4 }),
    fc.constantFrom('a', 'b', '*', '**'),
  )
  .map(([segments, last]) => [...segments, last].join('.'));

/** The rule as it is written: segment by segment. */
function matches(pattern: readonly string[], topic: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined || topic.length === 0) return first === undefined && topic.length === 0;
  if (first === '**') return true;
  return (first === '*' || first === topic[0]) && matches(rest, topic.slice(1));
}

describe('a pattern', () => {
  it('matches exactly the topics that the rule names', () => {
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        expect(toMatcher(pattern)(topic)).toBe(matches(pattern.split('.'), topic.split('.')));
      }),
      { numRuns: 3000 },
    );
  });

  it('matches every topic that it was made from', () => {
    fc.assert(
      fc.property(topics, fc.nat(), fc.nat(), (topic, place, length) => {
        const segments = topic.split('.');
        const starred = segments.with(place % segments.length, '*').join('.');
        const cut = [...segments.slice(0, length % segments.length), '**'].join('.');
        for (const pattern of [topic, starred, cut, '**']) expect(toMatcher(pattern)(topic)).toBe(true);
      }),
    );
  });

  it('takes no dot for any character', () => {
    expect(toMatcher('a.*')('axb')).toBe(false);
    expect(toMatcher('a.b')('axb')).toBe(false);
  });

  it('is accepted or refused, whatever the text, and every topic is one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isTopic = passes(() => assertTopic(text));
        expect(isTopic).toBe(/^[\w.:-]{1,255}$/.test(text) && !text.endsWith('\n'));
        if (isTopic) expect(passes(() => assertPattern(text))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(patterns, (pattern) => {
        expect(passes(() => assertPattern(pattern))).toBe(true);
      }),
    );
  });
});

function passes(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
