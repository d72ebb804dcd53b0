import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseWait, toClock } from '../src/durations.ts';

describe('parseDuration', () => {
  it.each([
    ['300s', 300_000],
    ['20m', 1_200_000],
    ['3h', 10_800_000],
    ['1h30m', 5_400_000],
    ['1h30m10s', 5_410_000],
    ['1m500ms', 60_500],
    ['90', 90_000],
    ['0.5', 500],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    [' 5m ', 300_000],
    ['0', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it('reads a bare number in the unit that the caller names', () => {
    expect(parseDuration('30000', 'ms')).toBe(30_000);
    expect(parseDuration('30s', 'ms')).toBe(30_000);
  });

  it.each([
    '',
    ' ',
    'abc',
    '-5',
    '5x',
    '1m1h',
    '10s5m',
    '5 m',
    '1e3',
    'NaN',
    'Infinity',
    '1h30',
    '٣s',
    '.',
    's',
  ])('refuses "%s" with the spellings it knows', (text) => {
    expect(() => parseDuration(text)).toThrow(
      /^expected a time such as 300s, 20m, 1h30m, 250ms or a number of seconds, got/,
    );
  });

  it('reads what it is given back in any mix of units', () => {
    const part = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(part, part, part, part, (hours, minutes, seconds, milliseconds) => {
        const text = `${hours}h${minutes}m${seconds}s${milliseconds}ms`;
        expect(parseDuration(text)).toBe(
          hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + milliseconds,
        );
      }),
    );
  });

  it('answers any text with a finite number or a RangeError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Number.isFinite(parseDuration(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('parseWait', () => {
  it.each([
    ['0-50ms', 0, 50],
    ['0-0.05', 0, 50],
    ['10-50ms', 10, 50],
    ['100ms-2s', 100, 2000],
    ['1s', 1000, 1000],
    ['0', 0, 0],
  ])('reads %s', (text, minMs, maxMs) => {
    expect(parseWait(text)).toEqual({ minMs, maxMs });
  });

  it.each(['2-1', '-1', '1-', 'a-b', '1-2-3', ''])('refuses "%s"', (text) => {
    expect(() => parseWait(text)).toThrow(RangeError);
  });
});

describe('toClock', () => {
  it.each([
    [0, '0:00'],
    [7999, '0:07'],
    [258_000, '4:18'],
    [5_400_000, '1:30:00'],
    [-5, '0:00'],
  ])('shows %d ms as %s', (milliseconds, clock) => {
    expect(toClock(milliseconds)).toBe(clock);
  });
});
