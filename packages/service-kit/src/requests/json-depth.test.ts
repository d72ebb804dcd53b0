import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan } from './json-depth.ts';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('the depth of JSON', () => {
  it('is what the parsed value has', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, limit) => {
        expect(isDeeperThan(Buffer.from(JSON.stringify(value)), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });

  it('does not count brackets inside strings, also after escaped quotes', () => {
    expect(isDeeperThan(Buffer.from(JSON.stringify(['[[[[', '\\"[[[[', '"[[[['])), 1)).toBe(false);
  });

  it('is answered for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof isDeeperThan(bytes, 3) === 'boolean'));
  });
});
