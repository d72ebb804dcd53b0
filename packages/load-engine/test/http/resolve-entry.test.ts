import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findResolveEntry, parseResolveEntry } from '../../src/http/resolve-entry.ts';

describe('a resolve entry', () => {
  it.each([
    ['shop.test:443:127.0.0.1', { host: 'shop.test', port: 443, addresses: ['127.0.0.1'] }],
    ['Shop.TEST:80:::1', { host: 'shop.test', port: 80, addresses: ['::1'] }],
    ['shop.test:80:[2001:db8::1]', { host: 'shop.test', port: 80, addresses: ['2001:db8::1'] }],
    ['shop.test:80:[::1],127.0.0.1', { host: 'shop.test', port: 80, addresses: ['::1', '127.0.0.1'] }],
    ['*:443:10.0.0.1', { host: null, port: 443, addresses: ['10.0.0.1'] }],
    ['*:*:10.0.0.1', { host: null, port: null, addresses: ['10.0.0.1'] }],
  ])('reads %s', (text, entry) => {
    expect(parseResolveEntry(text)).toEqual(entry);
  });

  it.each([
    '',
    'a',
    'a:80',
    'a:80:',
    'a:0:127.0.0.1',
    'a:65536:127.0.0.1',
    ':80:127.0.0.1',
    'a:80:b',
    'a:x:1.1.1.1',
    'a:80:1.1.1',
  ])('refuses %j', (text) => {
    expect(() => parseResolveEntry(text)).toThrow(TypeError);
  });

  it('is found by name before *, and in the order given', () => {
    const entries = ['*:80:1.1.1.1', 'a.test:80:2.2.2.2', 'a.test:80:3.3.3.3'].map(parseResolveEntry);
    expect(findResolveEntry(entries, 'A.test', 80)?.addresses).toEqual(['2.2.2.2']);
    expect(findResolveEntry(entries, 'b.test', 80)?.addresses).toEqual(['1.1.1.1']);
    expect(findResolveEntry(entries, 'a.test', 81)).toBeUndefined();
  });

  it('reads back what it is made of, and throws nothing but a TypeError for anything else', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((text) => `[${text}]`),
    );
    fc.assert(
      fc.property(
        fc.domain(),
        fc.integer({ min: 1, max: 65_535 }),
        fc.array(address, { minLength: 1 }),
        (host, port, addresses) => {
          const entry = parseResolveEntry(`${host}:${port}:${addresses.join(',')}`);
          expect(entry).toEqual({
            host: host.toLowerCase(),
            port,
            addresses: addresses.map((text) => text.replace(/[[\]]/g, '')),
          });
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseResolveEntry(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});
