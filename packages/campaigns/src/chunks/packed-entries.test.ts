// What is packed comes back as it was; what nobody packed here ends in an error, and takes no memory for it.
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlan } from '../../test/campaigns.ts';
import { PROFILE, toPlace } from '../../test/entries.ts';
import { createEntryGenerator, Sheet } from '../index.ts';
import { MAX_CHUNK_BYTES, packEntries, unpackEntries } from './packed-entries.ts';

const MAGIC = '28b52ffd';
const list = (length: number) => JSON.stringify(Array.from({ length }, (_, sequence) => ({ sequence })));

describe('entries', () => {
  it('come back as they were, byte for byte, however many they are', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 1, max: 600 }), (entry, count) => {
        const json = `[${Array.from({ length: count }, () => entry).join()}]`;
        const packed = packEntries(json);
        expect(packed.bytes).toBe(Buffer.byteLength(json));
        expect(unpackEntries(packed).equals(Buffer.from(json))).toBe(true);
      }),
    );
  });

  it('are packed where it makes them smaller, and told apart by their first bytes', () => {
    const [few, many] = [packEntries(list(100)), packEntries(list(1000))];
    expect(String(few.stored)).toBe(list(100));
    expect(many.stored.toString('hex', 0, 4)).toBe(MAGIC);
    expect(many.stored.length).toBeLessThan(many.bytes / 4);
  });

  it('come back also where a chunk is as large as any', () => {
    const json = Buffer.alloc(MAX_CHUNK_BYTES, 'x');
    expect(unpackEntries(packEntries(json)).equals(json)).toBe(true);
  });

  it('that were stored before anything was packed are read as they are', () => {
    const stored = Buffer.from(list(1000));
    expect(unpackEntries({ stored, bytes: stored.length })).toEqual(stored);
  });

  it('are packed from bytes that may change afterwards', () => {
    for (const count of [3, 1000]) {
      const bytes = Buffer.from(list(count));
      const packed = packEntries(bytes);
      bytes.fill(0);
      expect(String(unpackEntries(packed))).toBe(list(count));
    }
  });

  it('of a full chunk are never too many, however large settings may be', () => {
    // Characters that take most bytes in JSON; the lengths are what the API takes at most.
    const wide = (length: number) => '\u0001'.repeat(length);
    const rtbConfig = { site_name: wide(2000), ad_formats: [wide(200)], app_categories: [wide(200)] };
    const generator = createEntryGenerator(
      toPlan('x'.repeat(64), {
        rtbConfig,
        userAgents: [wide(2048)],
        referrers: [wide(2048)],
        profiles: [
          {
            ...PROFILE,
            id: wide(200),
            interests: [wide(200)],
            deviceBrand: wide(200),
            deviceModels: [wide(200)],
            operatingSystem: wide(200),
            adFormats: [wide(200)],
          },
        ],
      }),
    );
    const sheet = new Sheet();
    generator.write(sheet, toPlace(1), { ...generator.simulate(0), error: wide(2048) });
    expect(sheet.length).toBeGreaterThan(50_000);
    expect(sheet.length).toBeLessThan(MAX_CHUNK_BYTES / 500);
  });
});

describe('what is refused', () => {
  const { stored, bytes } = packEntries(list(1000));
  const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
  const broken = Buffer.from(stored);
  broken[broken.length - 10] = (broken.at(-10) ?? 0) ^ 1;
  // A frame of a thousand times "a" that asks for a window of 16 MiB.
  const wide = Buffer.from('28b52ffd0070431f0061', 'hex');

  it.each([
    ['more than it says', { stored: bomb, bytes: 1000 }, /larger than 1000 bytes/],
    ['more than any chunk has', { stored: bomb, bytes: 256 * 1024 * 1024 }, /says that it has 268435456/],
    ['more than it says, by one', { stored, bytes: bytes - 1 }, /larger than/],
    ['less than it says', { stored, bytes: bytes + 1 }, /and should have/],
    ['nothing', { stored, bytes: 0 }, /says that it has 0/],
    ['a broken one', { stored: broken, bytes }, /./],
    ['half of one', { stored: stored.subarray(0, 100), bytes }, /unexpected end/],
    ['one that wants much memory beside the result', { stored: wide, bytes: 1000 }, /memory/],
    ['JSON of another length', { stored: Buffer.from('[1]'), bytes: 4 }, /has 3 bytes/],
  ])('%s', (_, packed, message) => {
    const before = process.memoryUsage().rss;
    expect(() => unpackEntries(packed)).toThrow(message);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});
