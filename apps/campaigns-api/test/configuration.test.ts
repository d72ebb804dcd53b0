// S12, S20: what the process says and does when its configuration is unsafe or impossible.
import { describe, expect, test } from 'vitest';
import { loadCampaignsConfig, loadStoreConfig } from '../src/config.ts';
import { runProcess } from './processes.ts';

const STORES = {
  DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/campaigns',
  PLATFORM_DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/platform',
};
const ACCOUNTS = { ACCOUNTS_DATABASE_URL: 'postgresql://u:secret-word@127.0.0.1:1/accounts' };
const load = (env: Record<string, string>) => loadCampaignsConfig({ env: { ...STORES, ...env } });

describe('a production start with tokens', () => {
  test.each([
    ['no SECRET_KEY', undefined],
    ['a short one', 'short'],
    ['a documented one', 'your-secret-key-here-change-in-production'],
  ])('S12 with %s ends with a sentence', async (_, secret) => {
    const { code, err } = await runProcess('main', {
      ...STORES,
      ...ACCOUNTS,
      PORT: '0',
      NODE_ENV: 'production',
      TRAFFIC_AUTH: 'required',
      ...(secret !== undefined && { SECRET_KEY: secret }),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^campaigns-api: SECRET_KEY must .+\n$/);
  });
});

describe('an address other than loopback', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1', 'campaigns.example', '127.evil.example', 'fe80::1', '128.0.0.1'])(
    'S20 %s is refused unless TRAFFIC_AUTH says who may use it',
    (host) => {
      expect(() => load({ HOST: host })).toThrow(
        `TRAFFIC_AUTH must be "required" or "off" when HOST is "${host}": without it the service listens on loopback only.`,
      );
      expect(load({ HOST: host, TRAFFIC_AUTH: 'off' }).access.mode).toBe('off');
      expect(load({ HOST: host, TRAFFIC_AUTH: 'required', ...ACCOUNTS }).access.mode).toBe('required');
    },
  );

  test('S20 stops the process before it listens', async () => {
    const { code, err } = await runProcess('main', { ...STORES, HOST: '0.0.0.0', PORT: '0' });
    expect(code).toBe(1);
    expect(err).toMatch(/^campaigns-api: TRAFFIC_AUTH must be .+\n$/);
  });

  test.each(['localhost', '127.0.0.1', '127.0.0.2', '::1', 'LOCALHOST'])('%s is loopback', (host) => {
    expect(load({ HOST: host }).access.mode).toBe('open');
  });
});

describe('the configuration', () => {
  test('has the agreed defaults', () => {
    const config = load({});
    expect(config.http.port).toBe(8001);
    expect(config.accounts).toBeNull();
    expect(config.targetAllowlist).toBe('localhost,127.0.0.1,::1');
    expect(config.tokens).toEqual({ secret: undefined, lifetimeSeconds: 1800 });
    expect(config.access).toEqual({
      mode: 'open',
      publicHosts: [],
      corsOrigins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
    });
  });

  test('reads lists between commas or spaces', () => {
    const { access } = load({
      PUBLIC_HOSTS: 'Campaigns.example, campaigns-api [fd00::1]',
      CORS_ORIGINS: 'https://Console.example,http://localhost:3000',
    });
    expect(access.publicHosts).toEqual(['campaigns.example', 'campaigns-api', '[fd00::1]']);
    expect(access.corsOrigins).toEqual(['https://console.example', 'http://localhost:3000']);
  });

  test.each([
    [{ DATABASE_URL: 'mysql://u:secret-word@db.example/y' }, /^DATABASE_URL is not usable\. /],
    [{ PLATFORM_DATABASE_URL: 'secret-word' }, /^PLATFORM_DATABASE_URL is not usable\. /],
    [
      { PLATFORM_DATABASE_URL: '' },
      /^REDIS_URL or PLATFORM_DATABASE_URL must be set, but both are missing\.$/,
    ],
    [{ REDIS_URL: 'http://:secret-word@x' }, /^REDIS_URL is not usable\. /],
    [
      { TRAFFIC_AUTH: 'required' },
      /^MONGO_URL or ACCOUNTS_DATABASE_URL must be set when TRAFFIC_AUTH is "required"/,
    ],
    [{ TRAFFIC_AUTH: 'required', MONGO_URL: 'secret-word' }, /^MONGO_URL is not usable\. /],
    [{ TRAFFIC_AUTH: 'yes' }, /^TRAFFIC_AUTH must be /],
  ])('says in one sentence what is wrong with %j, and shows no password', (env, expected) => {
    for (const read of [loadCampaignsConfig, loadStoreConfig]) {
      const sentence = sentenceOf(() => read({ env: { ...STORES, ...env } }));
      expect(sentence).toMatch(expected);
      expect(sentence).not.toContain('secret-word');
    }
  });

  test.each([
    [{ TARGET_ALLOWLIST: 'http://x' }, /^TARGET_ALLOWLIST is not usable\. /],
    [
      { CORS_ORIGINS: '*' },
      /^CORS_ORIGINS must list origins such as https:\/\/example\.com, but "\*" is on it\.$/,
    ],
    [{ CORS_ORIGINS: 'null' }, /^CORS_ORIGINS must list origins/],
    [{ CORS_ORIGINS: 'https://example.com/' }, /^CORS_ORIGINS must list origins/],
    [{ PUBLIC_HOSTS: 'example.com:8001' }, /^PUBLIC_HOSTS must list host names without ports/],
    [{ PUBLIC_HOSTS: '*' }, /^PUBLIC_HOSTS must list host names without ports/],
    [{ PUBLIC_HOSTS: 'https://example.com' }, /^PUBLIC_HOSTS must list host names without ports/],
  ])('refuses %j', (env, expected) => {
    expect(sentenceOf(() => load(env))).toMatch(expected);
  });
});

function sentenceOf(read: () => unknown): string {
  try {
    read();
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}
