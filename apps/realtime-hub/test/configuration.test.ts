// S12: what the process says and does when its configuration is unsafe or impossible.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadHubConfig, loadStoreConfig } from '../src/config.ts';

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
    ['no JWT_SECRET', undefined],
    ['a short one', 'short'],
    ['one of 31 bytes', `${'x9'.repeat(15)}y`],
    ['the documented one', 'your-secret-key-here-change-in-production'],
    ['a documented one, made long', 'jwt-secret'.repeat(4)],
  ])('S12 with %s ends with a sentence', async (_, secret) => {
    const { code, error } = await start({
      NODE_ENV: 'production',
      ...(secret !== undefined && { JWT_SECRET: secret }),
    });
    expect(code).not.toBe(0);
    expect(error).toMatch(/^realtime-hub: JWT_SECRET must .+\n$/);
    if (secret !== undefined) expect(error).not.toContain(secret);
  });

  test('S16 with cheap password hashes ends with a sentence', async () => {
    const { code, error } = await start({
      NODE_ENV: 'production',
      JWT_SECRET: 'q7Jk2pLx9VbN4mZc8RtY1wEu6HsD3fGa',
      BCRYPT_COST: '4',
    });
    expect(code).not.toBe(0);
    expect(error).toMatch(/^realtime-hub: BCRYPT_COST must be at least 10 in production, but it is 4\.\n$/);
  });
});

describe('the configuration', () => {
  const load = (env: Record<string, string> = {}) => loadHubConfig({ env: { ...STORES, ...env } });
  const sentenceOf = (env: Record<string, string>, loadConfig: typeof loadStoreConfig = loadHubConfig) => {
    try {
      loadConfig({ env });
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('has the documented defaults', () => {
    const { http, hub, tokens, limits, accounts, platform } = load();
    expect(http.port).toBe(8081);
    expect(http.limits.bodyBytes).toBe(65_536);
    expect(http.limits.connections).toBe(11_000);
    expect(hub).toEqual({
      maxConnections: 10_000,
      heartbeatIntervalMs: 30_000,
      clientTimeoutMs: 60_000,
      maxFrameBytes: 65_536,
      maxTopicsPerConnection: 1000,
      maxQueuedBytes: 1_048_576,
      drainWindowMs: 5000,
      allowAnonymous: false,
      allowedOrigins: null,
      rateLimits: {
        connection: { perSecond: 100, burst: 200 },
        user: { perSecond: 500, burst: 1000 },
        global: { perSecond: 10_000, burst: 20_000 },
      },
    });
    expect(tokens).toEqual({
      secret: undefined,
      issuer: 'ai-system-rust',
      audience: 'realtime-communication',
      accessLifetimeSeconds: 3600,
      refreshLifetimeSeconds: 2_592_000,
    });
    expect(limits).toEqual({ sessionsPerUser: 0 });
    expect(accounts.mongo).toBeNull();
    expect(platform).toMatchObject({ databaseUrl: STORES.PLATFORM_DATABASE_URL, redisUrl: null });
  });

  test.each([
    [{ HEARTBEAT_INTERVAL: '30s' }, 30_000],
    [{ HEARTBEAT_INTERVAL: '1.5s' }, 1500],
    [{ HEARTBEAT_INTERVAL: '250ms' }, 250],
    [{ HEARTBEAT_INTERVAL_SECS: '5' }, 5000],
    [{ HEARTBEAT_INTERVAL: '1m', CLIENT_TIMEOUT_SECS: '120' }, 60_000],
  ])('reads %j as a heartbeat of %i ms', (env, expected) => {
    expect(load(env as Record<string, string>).hub.heartbeatIntervalMs).toBe(expected);
  });

  test('reads origins in any case, with commas or spaces between; none of them is no list', () => {
    const origins = 'https://Console.Example, http://localhost:5173\thttps://a.example';
    expect(load({ ALLOWED_ORIGINS: origins }).hub.allowedOrigins).toEqual([
      'https://console.example',
      'http://localhost:5173',
      'https://a.example',
    ]);
    expect(load({ ALLOWED_ORIGINS: '' }).hub.allowedOrigins).toBeNull();
  });

  test('leaves room beside the sockets for those who are told that the hub is full', () => {
    expect(load({ MAX_CONNECTIONS: '50000' }).http.limits.connections).toBe(51_000);
    expect(load({ MAX_CONNECTIONS: '5', CONNECTION_LIMIT: '7' }).http.limits.connections).toBe(7);
  });

  test('reads addresses and the secret from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-config-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    };
    const { tokens, platform, accounts } = loadHubConfig({
      env: {
        JWT_SECRET_FILE: file('jwt', 'from a file'),
        REDIS_URL_FILE: file('redis', 'redis://:x@redis:6379'),
        MONGO_URL_FILE: file('mongo', 'mongodb://u:x@mongo:27017'),
      },
    });
    rmSync(folder, { recursive: true });
    expect(tokens.secret).toBe('from a file');
    expect(platform.redisUrl).toBe('redis://:x@redis:6379');
    expect(accounts.mongo?.url).toBe('mongodb://u:x@mongo:27017');
  });

  test.each([
    [{}, 'MONGO_URL or ACCOUNTS_DATABASE_URL must be set, but both are missing.'],
    [
      { MONGO_URL: 'mongodb://127.0.0.1' },
      'REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing.',
    ],
    [{ ...STORES, REDIS_URL: 'http://:secret-word@x' }, /^REDIS_URL is not usable\. /],
    [{ ...STORES, MONGO_URL: 'nonsense://secret-word' }, /^MONGO_URL is not usable\. /],
    [
      { ...STORES, PLATFORM_DATABASE_URL: 'mysql://u:secret-word@db.example/y' },
      /^PLATFORM_DATABASE_URL is not usable\. /,
    ],
  ])('says in one sentence what is wrong with the stores %j, and shows no password', (env, expected) => {
    for (const loadConfig of [loadHubConfig, loadStoreConfig]) {
      const sentence = sentenceOf(env as Record<string, string>, loadConfig);
      expect(sentence).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
      expect(sentence).not.toContain('secret-word');
    }
  });

  test.each([
    [{ MAX_CONNECTIONS: '0' }, 'MAX_CONNECTIONS must be an integer from 1 to 1000000, but it is "0".'],
    [{ MAX_FRAME_SIZE: '1e3' }, /^MAX_FRAME_SIZE must be an integer from /],
    [{ RATE_LIMIT_USER_RPS: '-1' }, 'RATE_LIMIT_USER_RPS must be an integer of at least 0, but it is "-1".'],
    [{ ALLOW_ANONYMOUS: 'yes' }, 'ALLOW_ANONYMOUS must be true or false, but it is "yes".'],
    [
      { HEARTBEAT_INTERVAL: '30' },
      'HEARTBEAT_INTERVAL must be a number with ms, s or m behind it, such as 30s, but it is "30".',
    ],
    [{ HEARTBEAT_INTERVAL: '0s' }, 'HEARTBEAT_INTERVAL must be from 1ms to a day, but it is "0s".'],
    [
      { HEARTBEAT_INTERVAL: '10s', HEARTBEAT_INTERVAL_SECS: '10' },
      'HEARTBEAT_INTERVAL and HEARTBEAT_INTERVAL_SECS are both set: please set only one of them.',
    ],
    [
      { CLIENT_TIMEOUT_SECS: '30' },
      'CLIENT_TIMEOUT_SECS must be longer than the heartbeat interval of 30 s, but it is "30".',
    ],
    [
      { DRAIN_WINDOW_MS: '10000' },
      'DRAIN_WINDOW_MS must be below SHUTDOWN_GRACE_MS, but it is "10000" and the other "10000".',
    ],
    [
      { ALLOWED_ORIGINS: 'https://a.example, *' },
      'ALLOWED_ORIGINS must list origins such as https://example.com, but "*" is on it.',
    ],
    [
      { ALLOWED_ORIGINS: 'https://a.example/path' },
      'ALLOWED_ORIGINS must list origins such as https://example.com, but "https://a.example/path" is on it.',
    ],
  ])('says in one sentence what is wrong with %j', (env, expected) => {
    const sentence = sentenceOf({ ...STORES, ...(env as Record<string, string>) });
    expect(sentence).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });
});
