import { parseAllowList } from '@trafficflux/targets';
import { describe, expect, it } from 'vitest';
import { chooseDriver, parseTarget } from './target-url.ts';

describe('a target', () => {
  it.each([
    ['localhost', 'http://localhost/'],
    ['localhost:3000', 'http://localhost:3000/'],
    ['shop.example/a?b=c', 'http://shop.example/a?b=c'],
    ['https://test.verdic.ai/products/keyboard.html', 'https://test.verdic.ai/products/keyboard.html'],
    ['HTTP://Shop.Example', 'http://shop.example/'],
    ['::1', 'http://[::1]/'],
    ['[::1]:3000/x', 'http://[::1]:3000/x'],
    ['bücher.example', 'http://xn--bcher-kva.example/'],
    [' localhost ', 'http://localhost/'],
  ])('may be written %s', (text, href) => {
    expect(parseTarget(text)?.href).toBe(href);
  });

  it.each([
    '',
    ' ',
    'http://',
    'ftp://shop.example',
    'file:///etc/passwd',
    'ws://shop.example',
    'javascript:alert(1)',
    'mailto:someone@shop.example',
    'user@shop.example',
    'https://user:pass@shop.example/',
    'not a host',
    'shop.example:99999',
    'http://[::1',
    `shop.example/${'x'.repeat(2_048)}`,
  ])('may not be written %j', (text) => {
    expect(parseTarget(text)).toBeNull();
  });
});

describe('the driver', () => {
  const allowList = parseAllowList('localhost,127.0.0.1,::1');

  it.each(['localhost', 'http://localhost:3000/x', '127.0.0.1:5000', '::1', '[::1]:80', 'https://LOCALHOST'])(
    'is http for the listed %s',
    (target) => {
      expect(chooseDriver(target, allowList)).toBe('http');
    },
  );

  it.each([
    'https://test.verdic.ai/products/keyboard.html',
    'localhost.',
    'localhost.shop.example',
    '127.0.0.2',
    'ftp://localhost',
    'user@localhost',
    '',
  ])('is dry-run for %j', (target) => {
    expect(chooseDriver(target, allowList)).toBe('dry-run');
  });

  it.each(['0.0.0.0', '[::]', '[::ffff:7f00:1]', '2130706433', '0177.0.0.1', '127.1', 'http://0x7f.1/', '0'])(
    'S30, F68: is dry-run for %s',
    (target) => {
      expect(chooseDriver(target, allowList)).toBe('dry-run');
    },
  );
});
