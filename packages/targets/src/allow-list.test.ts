import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { BlockedTargetError } from './blocked-target-error.ts';

const DEFAULT_LIST = 'localhost,127.0.0.1,::1';

describe('the list of targets', () => {
  it('holds names and addresses in one form each', () => {
    const { hosts } = parseAllowList(
      ' LocalHost, 127.0.0.1 ::1,[2001:DB8:0::1],  Bücher.example,books-api,, ',
    );
    expect([...hosts]).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
      '2001:db8::1',
      'xn--bcher-kva.example',
      'books-api',
    ]);
  });

  it('allows nothing when it is empty', () => {
    expect(parseAllowList('').allows('http://localhost/')).toBe(false);
  });

  it.each([
    ['localhost:3000', /the port is not part/],
    ['https://shop.example', /the scheme is not part/],
    ['10.0.0.0/8', /a range of addresses is not possible/],
    ['shop.example/cart', /a path or a range/],
    ['*.example', /a wildcard is not possible/],
    ['shop.example.', /without a dot/],
    ['user@shop.example', /no host name/],
    ['shop..example', /no host name/],
    [`${'a'.repeat(64)}.example`, /no host name/],
    ['[::1', /no host name/],
    ['[shop.example]', /only an IPv6 address stands in brackets/],
    ['fe80::1%eth0', /the zone of an address/],
    ['2130706433', /the address is written 127\.0\.0\.1/],
    ['0177.0.0.1', /the address is written 127\.0\.0\.1/],
    ['127.1', /the address is written 127\.0\.0\.1/],
    ['１２７.0.0.1', /the address is written 127\.0\.0\.1/],
    ['256.1.1.1', /no host name/],
  ])('refuses the entry %s in a sentence that names it', (entry, reason) => {
    const parse = () => parseAllowList(`localhost,${entry}`);
    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(reason);
    expect(parse).toThrow(`"${entry}"`);
  });

  it('throws nothing but a TypeError, whatever is on it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseAllowList(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});

describe('a target', () => {
  const allowList = parseAllowList(`${DEFAULT_LIST},bücher.example,::ffff:10.0.0.1`);

  it.each([
    'http://localhost/',
    'https://LOCALHOST:8443/a?b=\\c#d',
    'HTTP://127.0.0.1:3000',
    'http://[::1]:3000/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://bücher.example/',
    'http://BÜCHER.example/',
    'http://xn--bcher-kva.example/',
    ' http://localhost/a b ',
    'http://[::ffff:a00:1]/',
  ])('is allowed: %s', (url) => {
    expect(allowList.allows(url)).toBe(true);
  });

  it('is judged by its parsed host where it comes as a URL', () => {
    expect(allowList.allows(new URL('http://127.0.0.1/'))).toBe(true);
    expect(allowList.allows(new URL('http://127.0.0.2/'))).toBe(false);
    expect(allowList.allows(new URL('http://a:b@localhost/'))).toBe(false);
    expect(allowList.allows(new URL('file:///etc/passwd'))).toBe(false);
  });

  describe('S30', () => {
    it.each([
      'http://0.0.0.0/',
      'http://[::]/',
      'http://[::ffff:7f00:1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://2130706433/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://user@localhost/',
      'http://user:secret@127.0.0.1/',
      'http://localhost@evil.example/',
      'http://evil.example#@localhost/',
      'http://localhost./',
      'http://127.0.0.1./',
      'http://localhost.evil.example/',
      'http://evil-localhost/',
      'ftp://localhost/',
      'file:///etc/passwd',
      'gopher://localhost/',
      'javascript:alert(1)',
      'ws://localhost/',
    ])('refuses %s as unlisted', (url) => {
      expect(allowList.allows(url)).toBe(false);
      expect(() => allowList.parseTarget(url)).toThrow(BlockedTargetError);
    });

    it('allows a special address that is listed itself', () => {
      const special = parseAllowList('0.0.0.0,::,::ffff:7f00:1');
      for (const url of ['http://0.0.0.0/', 'http://[::]/', 'http://[::ffff:7f00:1]/'])
        expect(special.allows(url)).toBe(true);
      expect(special.allows('http://127.0.0.1/')).toBe(false);
    });
  });

  describe('F68', () => {
    it.each([
      'http://017700000001/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://127.1/',
      'http://0/',
      'http://0x7f000001/',
      'http://127.0.1/',
      'http://0177.0.0.01/',
      'http://00127.0.0.1/',
      'http://１２７.0.0.1/',
      'http://127。0。0。1/',
      'http://%31%32%37.0.0.1/',
      'http://%6cocalhost/',
      'http://ｌｏｃａｌｈｏｓｔ/',
      'http://local\u00adhost/',
      'http://local\thost/',
      'http://localhost\n/',
      'ht\ntp://localhost/',
      'http:\\\\localhost\\',
      'http:/\\localhost/',
      'http:localhost',
      'http:///localhost/',
      'http:////localhost/',
      'http://evil.example\\@localhost/',
    ])('refuses %j, which Node reads as another host or another form of it', (url) => {
      expect(allowList.allows(url)).toBe(false);
    });
  });

  it('is refused in a sentence', () => {
    const reason = (url: string) => {
      try {
        allowList.parseTarget(url);
      } catch (error) {
        return (error as Error).message;
      }
      return null;
    };
    expect(reason('http://shop.example/')).toBe('shop.example is not on TARGET_ALLOWLIST.');
    expect(reason('ftp://localhost/')).toBe('Only http and https are visited, not ftp.');
    expect(reason('http://a:geheim@localhost/')).toBe('A URL with a user name or a password is not visited.');
    expect(reason('http://2130706433/')).toBe(
      'A host written in an unusual form is not visited; this one would be 127.0.0.1.',
    );
    expect(reason('shop')).toBe('This is no URL.');
  });
});

describe('a reference on a page', () => {
  const allowList = parseAllowList('localhost,127.0.0.1');
  const base = new URL('http://localhost:3000/a/b?c');
  const resolve = (text: string) => allowList.parseTarget(text, base).href;

  it.each([
    ['/x', 'http://localhost:3000/x'],
    ['x?y#z', 'http://localhost:3000/a/x?y#z'],
    ['?page=2', 'http://localhost:3000/a/b?page=2'],
    ['../../..', 'http://localhost:3000/'],
    ['', 'http://localhost:3000/a/b?c'],
    ['//127.0.0.1:9/x', 'http://127.0.0.1:9/x'],
    ['https://127.0.0.1/', 'https://127.0.0.1/'],
    ['/x?next=http:\\\\evil', 'http://localhost:3000/x?next=http:\\\\evil'],
  ])('%s leads to %s', (text, href) => {
    expect(resolve(text)).toBe(href);
  });

  it.each([
    '//169.254.169.254/',
    '///169.254.169.254/',
    '/\\169.254.169.254/',
    '\\\\169.254.169.254/',
    '/\t/169.254.169.254/',
    'file:///etc/passwd',
    'http://2130706433:6379/',
    '//2130706433/',
    'http:x',
    'javascript:alert(1)',
    'data:text/html,x',
  ])('F71 refuses %j', (text) => {
    expect(() => allowList.parseTarget(text, base)).toThrow(BlockedTargetError);
  });

  it('never leads off the list, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('//', '/\\', 'http:', '@')), (text) => {
        try {
          expect(['localhost', '127.0.0.1']).toContain(allowList.parseTarget(text, base).hostname);
        } catch (error) {
          expect(error).toBeInstanceOf(BlockedTargetError);
        }
      }),
    );
  });
});
