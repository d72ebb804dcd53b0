import { ConfigError } from '@trafficflux/service-kit';
import { describe, expect, it, vi } from 'vitest';
import { getSecret } from './secret.ts';

describe('secrets', () => {
  const production = (value: string | undefined) =>
    getSecret({ name: 'SECRET_KEY', value, isProduction: true, warn: () => {} });

  it('S12 refuses a production start without a secret', () => {
    expect(() => production(undefined)).toThrow(/^SECRET_KEY must be set in production, but it is missing/);
    expect(() => production('')).toThrow(ConfigError);
  });

  it('S12 refuses a secret shorter than 32 bytes in production, without showing it', () => {
    const short = 'k3#9fQ!w8Zr2Lx7@pV5m^Tn4Yc6&Bd0';
    expect(() => production(short)).toThrow(/at least 32 bytes long in production, but it has 31/);
    expect(() => production(short)).not.toThrow(short);
    expect(production(`${short}!`)).toBe(`${short}!`);
  });

  it.each([
    'your-secret-key-here-change-in-production',
    'your-very-secure-secret-key-here',
    'YOUR-SECRET-KEY-HERE-CHANGE-IN-PRODUCTION',
    'please-change-me-before-you-go-live-0123456789',
    'your-super-secret-jwt-key-for-everything',
    'secretsecretsecretsecretsecretsecret',
    'my_secret',
    'changeme',
  ])('S12 refuses the documented secret %s in production', (value) => {
    expect(() => production(value)).toThrow(/^SECRET_KEY must/);
  });

  it('makes up a secret in development, another one each time, and says so', () => {
    const warn = vi.fn();
    const make = () => getSecret({ name: 'SECRET_KEY', value: undefined, isProduction: false, warn });
    const first = make();
    expect(Buffer.byteLength(first)).toBeGreaterThanOrEqual(32);
    expect(make()).not.toBe(first);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('SECRET_KEY is not set'));
  });

  it('takes any secret in development', () => {
    expect(getSecret({ name: 'SECRET_KEY', value: 'secret', isProduction: false, warn: () => {} })).toBe(
      'secret',
    );
  });
});
