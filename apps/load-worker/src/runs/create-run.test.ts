// Where live requests may go: judged as it is written, as it is parsed, and as it resolves.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unpackEntries } from '@trafficflux/campaigns';
import { BlockedTargetError, type Lookup, parseAllowList } from '@trafficflux/targets';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toOwnedRun } from '../../test/plans.ts';
import { createRun, type RunContext } from './create-run.ts';

let hosts: (string | undefined)[] = [];
const server = createServer(({ headers }, response) => {
  hosts.push(headers.host);
  response.setHeader('connection', 'close').end();
});
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());
beforeEach(() => {
  hosts = [];
});

/** A run that is aimed at the host, and a resolver that gives one answer after the other. */
function aim(host: string, list: string, answers: readonly (readonly string[])[] = []) {
  let asked = 0;
  const lookup: Lookup = (_name, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  const context: RunContext = {
    allowList: parseAllowList(list),
    live: { requestTimeoutMs: 5000, connectionLimit: 10 },
    lookup,
  };
  const now = performance.now();
  const owned = toOwnedRun({ delivery: 'live', targetUrl: `http://${host}:${port}/` });
  const run = createRun(owned, { sentAt: now, answeredAt: now }, context);
  return {
    run,
    asked: () => asked,
    /** Starts what is due, and waits until it is over; returns the entries. */
    async play() {
      run.advance(performance.now(), true);
      await expect.poll(() => run.underWay).toBe(0);
      const chunk = run.takeChunk(performance.now(), 500);
      if (chunk !== null) run.onWritten(chunk, performance.now());
      const entries: { success: boolean; error: string | null }[] =
        chunk === null ? [] : JSON.parse(String(unpackEntries(chunk.entries)));
      return entries;
    },
  };
}

test('S32 a listed name is looked up once: the address that was checked is the one connected to, ever after', async () => {
  const { play, asked, run } = aim('shop.test', 'shop.test,127.0.0.1', [['127.0.0.1'], ['10.9.9.9']]);
  const first = await play();
  expect(first.length).toBeGreaterThan(0);
  await expect.poll(async () => (await play()).length).toBeGreaterThan(0);
  expect(asked()).toBe(1);
  expect(new Set(hosts)).toEqual(new Set([`shop.test:${port}`]));
  run.close();
});

describe('nothing is sent', () => {
  test.each([
    ['to a listed name that resolves to this machine', 'shop.test', 'shop.test', [['127.0.0.1']]],
    ['to one of whose addresses one is not allowed', 'shop.test', 'shop.test', [['8.8.8.8', '127.0.0.1']]],
    ['to the address where clouds keep their secrets', 'shop.test', 'shop.test', [['169.254.169.254']]],
  ])('S30 %s', async (_, host, list, answers) => {
    const { play, run } = aim(host, list, answers);
    const entries = await play();
    expect(entries.length).toBeGreaterThan(0);
    for (const { success, error } of entries) {
      expect(success).toBe(false);
      expect(error).toContain('TARGET_BLOCKED');
    }
    expect(hosts).toEqual([]);
    run.close();
  });

  test.each([
    '0.0.0.0',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    'user@127.0.0.1',
    '127.0.0.1.',
    '[::ffff:7f00:1]',
  ])('S30 to %s, written as nobody writes a listed host', (host) => {
    expect(() => aim(host, '127.0.0.1,localhost')).toThrow(BlockedTargetError);
  });

  test('H7 to a host that is not listed', () => {
    expect(() => aim('example.com', 'localhost')).toThrow('example.com is not on TARGET_ALLOWLIST.');
  });
});
