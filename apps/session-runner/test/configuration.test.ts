// S12: what the process says and does when its configuration is unsafe or impossible.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRunnerConfig, loadStoreConfig } from '../src/config.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const STORES = {
  ACCOUNTS_DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/accounts',
  PLATFORM_DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/platform',
};

async function start(environment: Record<string, string>) {
  const env = { PATH: process.env.PATH, PORT: '0', ...STORES, ...environment };
  const child = spawn(process.execPath, [MAIN], { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let error = '';
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, error };
}

describe('a production start', () => {
  test.each([
    ['no SECRET_KEY', undefined],
    ['a short one', 'short'],
    ['the documented one', 'your-secret-key-here-change-in-production'],
    ['the example of the document', 'your-very-secure-secret-key-here'],
  ])('S12 with %s ends with a sentence', async (_, secret) => {
    const { code, error } = await start({
      NODE_ENV: 'production',
      ...(secret !== undefined && { SECRET_KEY: secret }),
    });
    expect(code).not.toBe(0);
    expect(error).toMatch(/^session-runner: SECRET_KEY must .+\n$/);
  });
});

describe('the configuration', () => {
  const sentenceOf = (env: Record<string, string>, load: typeof loadStoreConfig = loadRunnerConfig) => {
    try {
      load({ env });
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('has the documented defaults', () => {
    const config = loadRunnerConfig({ env: STORES });
    expect(config.http.port).toBe(8000);
    expect(config.threads).toEqual({ maxThreads: 4, threadPoolSize: 10 });
    expect(config.tokens).toEqual({ secret: undefined, lifetimeSeconds: 1800 });
    expect(config.targetAllowlist).toBe('localhost,127.0.0.1,::1');
    expect(config.journeys).toMatchObject({ timeLimitMs: 30_000, requestsPerSecond: 5 });
    expect(config.limits).toEqual({
      activeSessionsPerUser: 100,
      waitingJourneys: 10_000,
      registrationsPerMinute: 1000,
      automationCallsPerMinute: 0,
    });
    expect(config.accounts.mongo).toBeNull();
    const withMongo = loadRunnerConfig({ env: { ...STORES, MONGO_URL: 'mongodb://localhost:27017' } });
    expect(withMongo.accounts.mongo).toEqual({
      url: 'mongodb://localhost:27017',
      databaseName: 'trafficflux_db',
    });
  });

  test.each([
    [{}, 'MONGO_URL or ACCOUNTS_DATABASE_URL must be set, but both are missing.'],
    [
      { MONGO_URL: 'mongodb://127.0.0.1' },
      'REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.',
    ],
    [{ ...STORES, MAX_THREADS: '0' }, 'MAX_THREADS must be an integer from 1 to 1000, but it is "0".'],
    [{ ...STORES, TARGET_ALLOWLIST: 'http://x' }, /^TARGET_ALLOWLIST is not usable\. /],
    [{ ...STORES, REDIS_URL: 'http://:secret-word@x' }, /^REDIS_URL is not usable\. /],
    [{ ...STORES, MONGO_URL: 'nonsense://secret-word' }, /^MONGO_URL is not usable\. /],
    [
      { ...STORES, ACCOUNTS_DATABASE_URL: 'mysql://u:secret-word@db.example/y' },
      /^ACCOUNTS_DATABASE_URL is not usable\. /,
    ],
  ])('says in one sentence what is wrong with %j, and shows no password', (env, expected) => {
    for (const load of [loadRunnerConfig, loadStoreConfig]) {
      if (load === loadStoreConfig && ('MAX_THREADS' in env || 'TARGET_ALLOWLIST' in env)) continue;
      const sentence = sentenceOf(env, load);
      expect(sentence).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
      expect(sentence).not.toContain('secret-word');
    }
  });
});
