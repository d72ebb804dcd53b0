import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStorableText } from './text.ts';

describe('storable text', () => {
  it.each(['a\u0000b', '\u0000', '\ud800', 'a\udfffb', '\udc00\ud800'])('S24 is not %j', (text) => {
    expect(isStorableText(text)).toBe(false);
  });

  it('is all other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isStorableText(text)).toBe(Buffer.from(text).toString() === text && !text.includes('\u0000'));
      }),
    );
  });
});
