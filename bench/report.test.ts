import { expect, test } from 'vitest';
import { median, replaceSection, toTable } from './report.ts';

test('a section is replaced in place and the others stay', () => {
  const page = replaceSection(replaceSection('# Page\n', 'a', 'one'), 'b', 'two');
  expect(replaceSection(page, 'a', 'three')).toBe(
    '# Page\n\n<!-- a: start -->\nthree\n<!-- a: end -->\n\n<!-- b: start -->\ntwo\n<!-- b: end -->\n',
  );
});

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([5, 1, 9])).toBe(5);
  expect(() => median([])).toThrow(RangeError);
});

test('a table aligns its figures to the right, padded as the formatter wants it', () => {
  expect(toTable(['client', 'per second'], [['wrk', '10']])).toBe(
    '| client | per second |\n| ------ | ---------: |\n| wrk    |         10 |',
  );
});
