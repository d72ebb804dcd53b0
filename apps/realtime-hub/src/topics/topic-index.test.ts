import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopicIndex } from './topic-index.ts';
import { isPattern, isTopic } from './topic-name.ts';

interface Reader {
  readonly name: string;
  visit: number;
}

const createReader = (name: string): Reader => ({ name, visit: 0 });

function readersOf(index: TopicIndex<Reader>, topic: string): string[] {
  const names: string[] = [];
  index.forEach(topic, ({ name }) => names.push(name));
  return names.sort();
}

function matches(pattern: string, topic: string): boolean {
  const index = new TopicIndex<Reader>();
  index.add(pattern, createReader('reader'));
  return readersOf(index, topic).length === 1;
}

describe('a pattern', () => {
  test.each([
    ['chat.general', 'chat.general'],
    ['updates.*', 'updates.news'],
    ['*.alert', 'fire.alert'],
    ['a.*.b', 'a.x.b'],
    ['a.**', 'a.b'],
    ['a.**', 'a.b.c.d'],
    ['**', 'anything'],
    ['**', 'any.thing'],
    ['*', 'one'],
    ['*.**', 'a.b.c'],
  ])('%s matches %s', (pattern, topic) => {
    expect(matches(pattern, topic)).toBe(true);
  });

  test.each([
    ['chat.general', 'chat.General'],
    ['updates.*', 'updates'],
    ['updates.*', 'updates.a.b'],
    ['*', 'a.b'],
    ['a.**', 'a'],
    ['*.**', 'a'],
  ])('%s does not match %s', (pattern, topic) => {
    expect(matches(pattern, topic)).toBe(false);
  });

  // The six pairs of F91 under our rules: `**` is one segment or more, an empty segment is a segment.
  test.each([
    ['sport.**', 'sport', false],
    ['foo.**', 'foobar.x', false],
    ['*.**', '$sys.x', true],
    ['**', '$sys.x', true],
    ['a.*.b', 'a.x.y.b', false],
    ['a.*', 'a.', true],
  ])('F91: %s and %s', (pattern, topic, isMatch) => {
    expect(matches(pattern, topic)).toBe(isMatch);
  });

  test('F91: is refused where a wildcard is not a whole segment', () => {
    for (const pattern of ['a*', 'a.*b', '**.a', 'a.**.b', '***', '', ' ', 'a b', 'ä', 'a'.repeat(256)])
      expect(isPattern(pattern)).toBe(false);
  });

  test('has at most 255 characters of the documented ones', () => {
    expect(isTopic('aZ09_.:-')).toBe(true);
    expect(isTopic('a'.repeat(255))).toBe(true);
    for (const topic of ['', 'a'.repeat(256), 'a/b', 'a b', '$sys', 'a*', 'é', 7, null])
      expect(isTopic(topic)).toBe(false);
  });
});

describe('the index', () => {
  test('visits a subscriber once, however many of its patterns match', () => {
    const index = new TopicIndex<Reader>();
    const reader = createReader('reader');
    for (const pattern of ['a.b', 'a.*', '*.b', 'a.**', '**']) index.add(pattern, reader);
    expect(readersOf(index, 'a.b')).toEqual(['reader']);
    expect(readersOf(index, 'a.c')).toEqual(['reader']);
  });

  test('keeps nothing of a subscriber that left', () => {
    const index = new TopicIndex<Reader>();
    const reader = createReader('reader');
    for (const pattern of ['a.b', 'a.*', 'a.b.c.**']) index.add(pattern, reader);
    for (const pattern of ['a.b', 'a.*', 'a.b.c.**', 'never.there', 'a.*.never'])
      index.remove(pattern, reader);
    expect([index.topics, index.patterns]).toEqual([0, 0]);
    expect(readersOf(index, 'a.b')).toEqual([]);
  });

  test('lets a subscriber leave while it is visited', () => {
    const index = new TopicIndex<Reader>();
    const readers = ['a', 'b', 'c'].map(createReader);
    for (const reader of readers) index.add('topic', reader);
    const visited: string[] = [];
    index.forEach('topic', (reader) => {
      visited.push(reader.name);
      index.remove('topic', reader);
    });
    expect(visited).toEqual(['a', 'b', 'c']);
    expect(index.topics).toBe(0);
  });

  test('finds what a plain search finds, whatever was added and removed', () => {
    const segment = fc.constantFrom('a', 'b', '', 'long-one');
    const topic = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    const pattern = fc
      .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 4 }), fc.constantFrom([], ['**']))
      .map(([parts, end]) => [...parts, ...end].join('.'))
      .filter((text) => text !== '');
    const change = fc.record({ adds: fc.boolean(), pattern, reader: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        topic.filter((text) => text !== ''),
        (changes, asked) => {
          const index = new TopicIndex<Reader>();
          const readers = ['0', '1', '2', '3'].map(createReader);
          const patterns = readers.map(() => new Set<string>());
          for (const { adds, pattern: changed, reader } of changes) {
            if (adds) {
              if (!patterns[reader]?.has(changed)) index.add(changed, readers[reader] as Reader);
              patterns[reader]?.add(changed);
            } else {
              index.remove(changed, readers[reader] as Reader);
              patterns[reader]?.delete(changed);
            }
          }
          const expected = readers.flatMap(({ name }, number) =>
            [...(patterns[number] as Set<string>)].some((each) => plainMatch(each, asked)) ? [name] : [],
          );
          expect(readersOf(index, asked)).toEqual(expected);
        },
      ),
    );
  });
});

function plainMatch(pattern: string, topic: string): boolean {
  const [parts, segments] = [pattern.split('.'), topic.split('.')];
  if (parts.at(-1) === '**') {
    parts.pop();
    return segments.length > parts.length && parts.every((part, at) => part === '*' || part === segments[at]);
  }
  return parts.length === segments.length && parts.every((part, at) => part === '*' || part === segments[at]);
}
