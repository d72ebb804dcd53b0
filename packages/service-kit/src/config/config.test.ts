import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigSource, loadConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { httpVariables, portVariable, toHttpConfig } from './http-config.ts';
import { secret } from './secret-files.ts';

describe('configuration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const load = (source: ConfigSource) =>
    loadConfig({
      variables: {
        ...httpVariables,
        PORT: portVariable(5000),
        SECRET_KEY: Type.Optional(secret({ minLength: 8 })),
        MODE: Type.Union([Type.Literal('fast'), Type.Literal('slow')], { default: 'fast' }),
        IS_ON: Type.Boolean({ default: false }),
      },
      shape: (env) => ({
        http: toHttpConfig(env),
        secret: env.SECRET_KEY,
        flags: { mode: env.MODE, isOn: env.IS_ON },
      }),
      source,
    });
  const sentence = (env: Record<string, string>) => {
    try {
      load({ env });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as Error).message;
    }
    throw new Error('the configuration was accepted');
  };

  it('has a documented default for everything', () => {
    const { http, flags } = load({ env: {} });
    expect(http).toEqual({
      host: 'localhost',
      port: 5000,
      portVariable: 'PORT',
      isProduction: false,
      logLevel: 'info',
      trustProxy: false,
      tls: null,
      hstsSeconds: 0,
      limits: { bodyBytes: 1_048_576, headerBytes: 16_384, connections: 10_000 },
      timeouts: { headersMs: 10_000, requestMs: 25_000, keepAliveMs: 65_000, checkIntervalMs: 2_000 },
      shutdown: { delayMs: 0, drainMs: 250, graceMs: 10_000 },
      shedding: { eventLoopDelayMs: 1_000, heapBytes: 0, rssBytes: 0, retryAfterSeconds: 5 },
    });
    expect(flags).toEqual({ mode: 'fast', isOn: false });
  });

  it('is frozen, deep inside too', () => {
    const config = load({ env: {} });
    expect(() => Object.assign(config.http.limits, { bodyBytes: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config, { http: null })).toThrow(TypeError);
  });

  it.each([
    [{ PORT: 'abc' }, 'PORT must be an integer from 0 to 65535, but it is "abc".'],
    [{ PORT: '65536' }, 'PORT must be an integer from 0 to 65535, but it is "65536".'],
    [{ PORT: '80.5' }, 'PORT must be an integer from 0 to 65535, but it is "80.5".'],
    [{ BODY_LIMIT_BYTES: '-1' }, 'BODY_LIMIT_BYTES must be an integer of at least 1, but it is "-1".'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, but it is "loud".',
    ],
    [{ MODE: 'medium' }, 'MODE must be one of fast, slow, but it is "medium".'],
    [{ IS_ON: 'perhaps' }, 'IS_ON must be true or false, but it is "perhaps".'],
    [{ TLS_CERT: '/x' }, 'TLS_CERT is set without TLS_KEY: please set both, or neither.'],
    [{ TLS_KEY: '/x' }, 'TLS_KEY is set without TLS_CERT: please set both, or neither.'],
    [
      { TLS_KEY: '/no/key', TLS_CERT: '/no/cert' },
      'TLS_CERT must name a readable PEM file, but /no/cert is not one (ENOENT).',
    ],
    [
      { SECRET_KEY_FILE: '/no/secret' },
      'SECRET_KEY_FILE must name a readable file, but /no/secret is not one (ENOENT).',
    ],
    [
      { SECRET_KEY: 'a', SECRET_KEY_FILE: '/x' },
      'SECRET_KEY and SECRET_KEY_FILE are both set: please set only one of them.',
    ],
    [
      { HEADERS_TIMEOUT_MS: '30000' },
      'HEADERS_TIMEOUT_MS must not be above REQUEST_TIMEOUT_MS, but it is "30000" and the other "25000".',
    ],
    [
      { TRUST_PROXY: 'everybody' },
      /^TRUST_PROXY must be false, true, a number of hops or a list .* but it is "everybody"\.$/,
    ],
  ])('says in one sentence what is wrong with %j', (env, expected) => {
    expect(sentence(env)).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  it('never shows the value of a secret', () => {
    expect(sentence({ SECRET_KEY: 'canary' })).toBe(
      'SECRET_KEY must be at least 8 characters long, but it is a value of 6 characters that is not shown.',
    );
  });

  it('says when a variable without a default is missing', () => {
    const options = {
      variables: { NEEDED: Type.String() },
      shape: (env: { NEEDED: string }) => env,
      source: { env: {} },
    };
    expect(() => loadConfig(options)).toThrow(new ConfigError('NEEDED must be set, but it is missing.'));
  });

  it('reads a secret from a file, without the newline at its end', () => {
    const path = write('secret', 'from the file\n');
    expect(load({ env: { SECRET_KEY_FILE: path } }).secret).toBe('from the file');
  });

  it('fills from .env what the real environment leaves out', () => {
    const envFile = write('.env', '# a comment\nPORT=6000\nMODE="slow"\nIS_ON=true\nLOG_LEVEL=\n');
    const { http, flags } = load({ env: { PORT: '7000' }, envFile });
    expect({ port: http.port, level: http.logLevel, ...flags }).toEqual({
      port: 7000,
      level: 'info',
      mode: 'slow',
      isOn: true,
    });
  });

  it('takes an empty variable as not set, also above .env', () => {
    const envFile = write('.env-empty', 'PORT=6000\n');
    expect(load({ env: { PORT: '' }, envFile }).http.port).toBe(6000);
  });

  it('does without a .env file', () => {
    expect(load({ env: {}, envFile: join(folder, 'none') }).http.port).toBe(5000);
  });

  it('takes any port and refuses every other text, naming PORT', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: -10, max: 70_000 }).map(String), fc.string({ minLength: 1 })),
        (text) => {
          const isPort =
            /^-?\d+(\.\d+)?$/.test(text) &&
            Number.isInteger(Number(text)) &&
            Number(text) >= 0 &&
            Number(text) <= 65_535;
          if (isPort) expect(load({ env: { PORT: text } }).http.port).toBe(Number(text));
          else expect(sentence({ PORT: text })).toMatch(/^PORT must be an integer from 0 to 65535/);
        },
      ),
    );
  });

  it('sends HSTS for a year with TLS, and as configured otherwise', () => {
    expect(load({ env: { HSTS_MAX_AGE_SECONDS: '60' } }).http.hstsSeconds).toBe(60);
    const pem = write('pem', 'x');
    expect(load({ env: { TLS_CERT: pem, TLS_KEY: pem } }).http.hstsSeconds).toBe(31_536_000);
    expect(load({ env: { TLS_CERT: pem, TLS_KEY: pem, HSTS_MAX_AGE_SECONDS: '0' } }).http.hstsSeconds).toBe(
      0,
    );
  });
});
