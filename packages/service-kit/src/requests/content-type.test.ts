import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonContentType } from './content-type.ts';

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc.oneof(
  token,
  fc.stringMatching(/^[A-Za-z0-9 ,/]{0,12}$/).map((text) => `"${text}"`),
);

describe('the content type of JSON', () => {
  it('may carry any parameters but a charset', () => {
    const parameter = fc.tuple(token, value).filter(([name]) => name.toLowerCase() !== 'charset');
    fc.assert(
      fc.property(fc.array(parameter, { maxLength: 4 }), (parameters) => {
        const tail = parameters.map(([name, text]) => `; ${name}=${text}`).join('');
        expect(isJsonContentType(`application/json${tail}`)).toBe(true);
      }),
    );
  });

  it('may name UTF-8 as its charset and nothing else', () => {
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8']) {
      expect(isJsonContentType(`application/json; charset=${charset}`)).toBe(true);
    }
    fc.assert(
      fc.property(token, (charset) => {
        fc.pre(!/^utf-?8$/i.test(charset));
        expect(isJsonContentType(`application/json; charset=${charset}`)).toBe(false);
      }),
    );
    expect(isJsonContentType('application/json; charset=utf-8; charset=latin1')).toBe(false);
  });

  it('is no other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^ *application\/json/i.test(text));
        expect(isJsonContentType(text)).toBe(false);
      }),
    );
    expect(isJsonContentType(undefined)).toBe(false);
  });

  it('is found out in linear time', () => {
    // Catastrophic backtracking would run into the time limit of the test.
    for (const piece of [';', '; ', ' ;', ';a=', ';a="', ';a=b']) {
      expect(isJsonContentType(`application/json${piece.repeat(20_000)}\t`)).toBe(false);
    }
  });
});
