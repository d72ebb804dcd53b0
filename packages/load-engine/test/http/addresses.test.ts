// Names are looked up once for many connections, and again when the answer has grown old.
import { afterEach, expect, test, vi } from 'vitest';
import { Addresses, type Lookup } from '../../src/http/addresses.ts';

type Answer = Parameters<Lookup>[2];

/** A resolver that answers when told to, and counts. */
function heldLookup() {
  const asked: Answer[] = [];
  const lookup: Lookup = (_hostname, _options, callback) => asked.push(callback);
  const found = (...addresses: string[]) => addresses.map((address) => ({ address, family: 4 }));
  return {
    lookup,
    asked,
    answer: (...addresses: string[]) => asked.at(-1)?.(null, found(...addresses)),
    refuse: () => asked.at(-1)?.(new Error('ENOTFOUND'), []),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

test('asks once for all that wait, and answers from memory afterwards', () => {
  const resolver = heldLookup();
  const addresses = new Addresses('h.test', resolver.lookup);
  const heard: (readonly string[])[] = [];
  for (let round = 0; round < 3; round++) addresses.resolve((_error, found) => heard.push(found));
  expect(heard).toEqual([]);
  resolver.answer('192.0.2.1', '192.0.2.2');
  addresses.resolve((_error, found) => heard.push(found));
  expect(heard).toEqual(Array.from({ length: 4 }, () => ['192.0.2.1', '192.0.2.2']));
  expect(resolver.asked).toHaveLength(1);
});

test('asks again after half a minute, and keeps to the address that answered last', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const resolver = heldLookup();
  const addresses = new Addresses('h.test', resolver.lookup);
  addresses.resolve(() => {});
  resolver.answer('192.0.2.1', '192.0.2.2');
  addresses.prefer('192.0.2.2');
  vi.advanceTimersByTime(29_000);
  addresses.resolve((_error, found) => expect(found).toEqual(['192.0.2.2', '192.0.2.1']));
  expect(resolver.asked).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  addresses.resolve((_error, found) => expect(found).toEqual(['192.0.2.2', '192.0.2.3']));
  resolver.answer('192.0.2.3', '192.0.2.2');
  expect(resolver.asked).toHaveLength(2);
  expect.assertions(4);
});

test('asks again after a refusal', () => {
  const resolver = heldLookup();
  const addresses = new Addresses('h.test', resolver.lookup);
  const errors: (Error | null)[] = [];
  addresses.resolve((error) => errors.push(error));
  resolver.refuse();
  addresses.resolve((error) => errors.push(error));
  resolver.answer('192.0.2.1');
  expect(errors).toEqual([expect.any(Error), null]);
});

test('asks nobody about an address', () => {
  const resolver = heldLookup();
  for (const address of ['192.0.2.1', '::1']) {
    new Addresses(address, resolver.lookup).resolve((_error, found) => expect(found).toEqual([address]));
  }
  expect(resolver.asked).toEqual([]);
  expect.assertions(3);
});
