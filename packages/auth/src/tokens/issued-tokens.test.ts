// What a service decides about the tokens that it issues, and about what it says of bad ones.
import {
  type App,
  createApp,
  createLogger,
  httpVariables,
  loadConfig,
  portVariable,
  toHttpConfig,
} from '@trafficflux/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { type BearerAuthOptions, bearerAuth } from './bearer-auth.ts';

let app: App;
afterEach(() => app.close());

async function start(options: Partial<BearerAuthOptions> = {}): Promise<App> {
  const http = loadConfig({
    variables: { ...httpVariables, PORT: portVariable(0) },
    shape: toHttpConfig,
    source: { env: { LOG_LEVEL: 'silent' } },
  });
  app = await createApp({
    name: 'test',
    http,
    logger: createLogger({ name: 'test', level: 'silent' }),
    errors: { serialize: ({ code, message }) => ({ code, message }) },
  });
  await app.register(bearerAuth, {
    secret: 'a secret of this test, long enough for HS256',
    issuer: 'trafficflux',
    audience: 'test',
    lifetimeSeconds: 3600,
    authenticate: async () => {},
    ...options,
  });
  app.get('/me', { onRequest: app.requireBearer }, async () => ({}));
  return app;
}

describe('an issued token', () => {
  it('lasts as long as it is told, else as the service says', async () => {
    const { tokens } = await start();
    for (const [options, seconds] of [
      [undefined, 3600],
      [{}, 3600],
      [{ lifetimeSeconds: 90 }, 90],
    ] as const) {
      const { exp, iat } = tokens.verify(tokens.issue({ user_id: 7 }, options));
      expect(exp - iat).toBe(seconds);
    }
  });

  it('is issued when its claims say so, and ends as long after that', async () => {
    const { tokens } = await start();
    const iat = Math.floor(Date.now() / 1000) - 30;
    expect(tokens.verify(tokens.issue({ iat, nbf: iat }, { lifetimeSeconds: 60 }))).toMatchObject({
      iat,
      nbf: iat,
      exp: iat + 60,
      iss: 'trafficflux',
      aud: 'test',
    });
  });
});

describe('a refused token', () => {
  const answersOf = async () => {
    const iat = Math.floor(Date.now() / 1000) - 100;
    const old = app.tokens.issue({ iat }, { lifetimeSeconds: 1 });
    const ask = (authorization?: string) =>
      app.inject({ url: '/me', headers: authorization === undefined ? {} : { authorization } });
    const answers = [await ask(), await ask('Bearer x'), await ask(`Bearer ${old}`)];
    return answers.map((answer) => [answer.statusCode, answer.json().code]);
  };

  it('has the codes of the kit', async () => {
    await start();
    expect(await answersOf()).toEqual([
      [401, 'TOKEN_MISSING'],
      [401, 'TOKEN_INVALID'],
      [401, 'TOKEN_EXPIRED'],
    ]);
  });

  it('has the codes of the service where it names them', async () => {
    await start({ codes: { missing: 'INVALID_TOKEN', invalid: 'INVALID_TOKEN' } });
    expect(await answersOf()).toEqual([
      [401, 'INVALID_TOKEN'],
      [401, 'INVALID_TOKEN'],
      [401, 'TOKEN_EXPIRED'],
    ]);
  });
});
