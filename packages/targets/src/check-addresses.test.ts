import { describe, expect, it } from 'vitest';
import { BlockedTargetError } from './blocked-target-error.ts';
import { checkAddresses } from './check-addresses.ts';

function isAllowed(name: string, addresses: string[], listed: string[] = []): boolean {
  try {
    checkAddresses(name, addresses, new Set([name, ...listed]));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(BlockedTargetError);
    return false;
  }
}

describe('the addresses of a listed name', () => {
  it.each([
    [['93.184.216.34', '2606:2800:220:1::1']],
    [['10.1.2.3']],
    [['172.18.0.4', 'fd00::4']],
    [['192.168.1.5', '2001:4860::5']],
    [['100.64.0.9']],
    [['64:ff9b::808:808']],
  ])('may be public or private: %j', (addresses) => {
    expect(isAllowed('books-api', addresses)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    'fe80::1',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
  ])('may be the special %s only where that is listed too', (address) => {
    expect(isAllowed('shop.example', [address])).toBe(false);
    expect(isAllowed('shop.example', ['93.184.216.34', address])).toBe(false);
  });

  it('may be loopback where the list has that address', () => {
    expect(isAllowed('shop.example', ['127.0.0.1'], ['127.0.0.1'])).toBe(true);
    expect(isAllowed('shop.example', ['127.0.0.1', '::1'], ['127.0.0.1'])).toBe(false);
    expect(isAllowed('shop.example', ['169.254.169.254'], ['169.254.169.254'])).toBe(true);
  });

  it('F70: are refused when loopback stands beside another machine, even if both are listed', () => {
    expect(isAllowed('shop.example', ['8.8.8.8', '127.0.0.1'], ['127.0.0.1', '8.8.8.8'])).toBe(false);
  });

  it('are loopback and nothing else for localhost and names below it', () => {
    expect(isAllowed('localhost', ['127.0.0.1', '::1'])).toBe(true);
    expect(isAllowed('api.localhost', ['::1'])).toBe(true);
    expect(isAllowed('localhost', ['127.0.0.1', '8.8.8.8'])).toBe(false);
    expect(isAllowed('localhost', ['10.0.0.1'], ['10.0.0.1'])).toBe(false);
  });

  it('are at least one', () => {
    expect(isAllowed('shop.example', [])).toBe(false);
  });
});
