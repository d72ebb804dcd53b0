// What a worker says of a configuration that cannot be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadWorkerConfig } from '../src/config.ts';

const DATABASE_URL = 'postgresql://u:secret-word@127.0.0.1:1/campaigns';
const STORES = { DATABASE_URL, PLATFORM_DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/platform' };

function sentenceOf(env: Record<string, string>): string {
  try {
    loadWorkerConfig({ env });
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the defaults are those of the documentation', () => {
  const config = loadWorkerConfig({ env: STORES });
  expect(config.http.port).toBe(8002);
  expect(config.worker).toEqual({ name: `${hostname()}:${process.pid}`, capacity: 1000, leaseMs: 3000 });
  expect(config.targetAllowlist).toBe('localhost,127.0.0.1,::1');
  expect(config.live).toEqual({ requestTimeoutMs: 10_000, connectionLimit: 256 });
  expect(config.platform).toEqual({ databaseUrl: STORES.PLATFORM_DATABASE_URL, redisUrl: null });
});

test('a worker under pressure turns nobody away: it has no clients', () => {
  expect(loadWorkerConfig({ env: STORES }).http.shedding.eventLoopDelayMs).toBe(0);
});

test.each([
  [{}, /^DATABASE_URL must/],
  [{ DATABASE_URL }, 'REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.'],
  [{ ...STORES, LEASE_MS: '499' }, 'LEASE_MS must be an integer from 500 to 600000, but it is "499".'],
  [
    { ...STORES, WORKER_CAPACITY: '0' },
    'WORKER_CAPACITY must be an integer from 1 to 100000, but it is "0".',
  ],
  [{ ...STORES, DATABASE_URL: 'mysql://u:secret-word@db.example/y' }, /^DATABASE_URL is not usable\. /],
  [{ ...STORES, REDIS_URL: 'http://:secret-word@x' }, /^REDIS_URL is not usable\. /],
  [{ ...STORES, TARGET_ALLOWLIST: 'http://x' }, /^TARGET_ALLOWLIST is not usable\. /],
])('says in one sentence what is wrong with %j, and shows no password', (env, expected) => {
  const sentence = sentenceOf(env);
  expect(sentence).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  expect(sentence).not.toContain('secret-word');
});

test('a process that cannot start ends with the sentence', async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const env = { PATH: process.env.PATH, PORT: '0', DATABASE_URL };
  const child = spawn(process.execPath, [main], { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let error = '';
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(error).toBe('load-worker: REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.\n');
});
