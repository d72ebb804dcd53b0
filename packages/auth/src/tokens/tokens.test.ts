import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { connect } from 'node:net';
import {
  type App,
  createApp,
  createLogger,
  httpVariables,
  loadConfig,
  portVariable,
  toHttpConfig,
} from '@trafficflux/service-kit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearerAuth } from './bearer-auth.ts';
import type { TokenClaims } from './tokens.ts';

const SECRET = 'a secret of this test, long enough for HS256';
const NOW = Math.floor(Date.now() / 1000);
const GOOD = { user_id: 7, iat: NOW, exp: NOW + 3600, iss: 'trafficflux', aud: 'books' };

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token made by hand, so that nothing but the text decides what is in it. */
function forge(
  claims: unknown,
  header: object = { alg: 'HS256', typ: 'JWT' },
  secret: string = SECRET,
  hash = 'sha256',
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

describe('tokens', () => {
  let app: App;

  beforeEach(async () => {
    app = await createTestApp();
  });
  afterEach(() => app.close());

  const call = (authorization: string) => app.inject({ url: '/me', headers: { authorization } });
  const status = async (token: string) => (await call(`Bearer ${token}`)).statusCode;

  it('accepts what it issued, with its claims', async () => {
    const response = await call(`Bearer ${app.tokens.issue({ user_id: 7 })}`);
    expect(response.statusCode).toBe(200);
    const claims = response.json<TokenClaims>();
    expect(claims).toMatchObject({ user_id: 7, iss: 'trafficflux', aud: 'books' });
    expect(claims.exp - claims.iat).toBe(3600);
  });

  it('issues HS256 tokens of type JWT', () => {
    const [header = ''] = app.tokens.issue({ user_id: 7 }).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
  });

  it('accepts a token made elsewhere with the same secret and claims', async () => {
    expect(await status(forge(GOOD))).toBe(200);
  });

  it('S01 refuses alg none, HS512 and RS256: the algorithm comes from our configuration', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsaInput = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(GOOD)}`;
    const rs256 = `${rsaInput}.${sign('sha256', Buffer.from(rsaInput), privateKey).toString('base64url')}`;
    const none = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(GOOD)}.`;
    const hs512 = forge(GOOD, { alg: 'HS512', typ: 'JWT' }, SECRET, 'sha512');
    for (const token of [none, hs512, rs256]) expect(await status(token)).toBe(401);
  });

  it('F55 refuses a public key used as the secret, alg none, and the algorithm in another case', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signed = forge(GOOD);
    const stripped = signed.slice(0, signed.lastIndexOf('.') + 1);
    const tokens = [
      forge(GOOD, { alg: 'HS256', typ: 'JWT' }, pem),
      `${encode({ alg: 'none' })}.${encode(GOOD)}.`,
      `${encode({ alg: 'None' })}.${encode(GOOD)}.`,
      forge(GOOD, { alg: 'hs256', typ: 'JWT' }),
      forge(GOOD, { typ: 'JWT' }),
      stripped,
    ];
    for (const token of tokens) expect(await status(token)).toBe(401);
  });

  it('S02 refuses each other spelling of the same signature', () => {
    const token = app.tokens.issue({ user_id: 7 });
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].map(
      (last) => token.slice(0, -1) + last,
    );
    const accepted = [...spellings, `${token}=`, `${token} `].filter((spelling) => {
      try {
        return app.tokens.verify(spelling);
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([token]);
  });

  it('S02 refuses a token with any one bit flipped', async () => {
    const token = app.tokens.issue({ user_id: 7 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: token.length - 1 }),
        fc.integer({ min: 0, max: 6 }),
        async (index, bit) => {
          const flipped = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit));
          const forged = token.slice(0, index) + flipped + token.slice(index + 1);
          expect(() => app.tokens.verify(forged)).toThrow('Invalid token');
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: String(NOW + 3600) }],
    ['exp null', { exp: null }],
    ['exp in a list', { exp: [NOW + 3600] }],
    ['exp true', { exp: true }],
    ['no iat', { iat: undefined }],
    ['iat as text', { iat: String(NOW) }],
    ['nbf as text', { nbf: 'now' }],
    ['nbf in the future', { nbf: NOW + 3600 }],
  ])('S03 refuses %s as invalid', async (_, change) => {
    const response = await call(`Bearer ${forge({ ...GOOD, ...change })}`);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toEqual({ error: 'Invalid token' });
  });

  it('S03 refuses an exp of 1e999, which JSON reads as infinity', async () => {
    const claims = JSON.stringify(GOOD).replace(String(GOOD.exp), '1e999');
    expect(await status(forge(claims))).toBe(401);
  });

  it('S03 tells a token whose time is over from a damaged one', async () => {
    const response = await call(`Bearer ${forge({ ...GOOD, exp: NOW - 60 })}`);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toEqual({ error: 'Token expired' });
    const damaged = await call(
      `Bearer ${forge({ ...GOOD, exp: NOW - 60 }, undefined, 'another secret that is long enough')}`,
    );
    expect(damaged.json()).toEqual({ error: 'Invalid token' });
  });

  it.each([
    ['another audience', { aud: 'hub' }],
    ['an audience in another case', { aud: 'Books' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'somebody' }],
    ['no issuer', { iss: undefined }],
  ])('S04 refuses %s although the secret is right', async (_, change) => {
    expect(await status(forge({ ...GOOD, ...change }))).toBe(401);
  });

  it('S05 ignores keys that the token brings along, and refuses critical extensions', async () => {
    const jwk = { kty: 'oct', k: encode('attacker') };
    const header = {
      alg: 'HS256',
      typ: 'JWT',
      jwk,
      jku: 'http://127.0.0.1:9/keys',
      x5u: 'http://127.0.0.1:9/x',
    };
    expect(await status(forge(GOOD, header, 'attacker'))).toBe(401);
    expect(await status(forge(GOOD, { ...header, crit: ['exp'] }))).toBe(401);
    expect(await status(forge(GOOD, { alg: 'HS256', typ: 'JWT', crit: ['b64'], b64: false }))).toBe(401);
  });

  it('S06 never swaps the claims of tokens that are used in parallel', async () => {
    const users = Array.from({ length: 50 }, (_, index) => index);
    const answers = await Promise.all(
      users.map((user) => call(`Bearer ${app.tokens.issue({ user_id: user })}`)),
    );
    expect(answers.map((answer) => answer.json<TokenClaims>().user_id)).toEqual(users);
  });

  it.each([
    ['iat = now+1', { iat: NOW + 1 }, 200],
    ['nbf = now+2', { nbf: NOW + 2 }, 200],
    ['nbf = now+3600', { nbf: NOW + 3600 }, 401],
    ['exp = now-2', { exp: NOW - 2 }, 200],
    ['exp = now-60', { exp: NOW - 60 }, 401],
    ['iat = now+60', { iat: NOW + 60 }, 401],
  ])('F56 allows clocks 5 s apart and no more: %s', async (_, change, expected) => {
    const now = Math.floor(Date.now() / 1000) - NOW;
    const moved = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value + now]));
    expect(await status(forge({ ...GOOD, ...moved }))).toBe(expected);
  });

  it('refuses a token without the claims that the service needs', async () => {
    expect(await status(forge({ ...GOOD, user_id: undefined }))).toBe(401);
  });

  it('answers 401 and never 500 to any text in place of a token', async () => {
    const part = fc.oneof(fc.json().map(encode), fc.base64String(), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        const token = parts.join('.').replace(/[^\x21-\x7e]/g, '');
        expect(await status(token)).toBe(401);
      }),
    );
  });

  it.each([
    ['no header', undefined, 'Token is missing'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'Token is missing'],
    ['no token', 'Bearer', 'Token is missing'],
    ['an empty token', 'Bearer   ', 'Token is missing'],
    ['a scheme that only begins like ours', 'Bearerx abc', 'Token is missing'],
    ['two tokens in one header', 'Bearer a b', 'Invalid token'],
    ['garbage', 'Bearer garbage', 'Invalid token'],
  ])('says what is wrong with %s, with a challenge', async (_, authorization, sentence) => {
    const response = await app.inject({
      url: '/me',
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json()).toEqual({ error: sentence });
  });

  it.each(['bearer', 'BEARER', 'BeArEr'])('takes the scheme in any case: %s', async (scheme) => {
    expect((await call(`${scheme}  ${app.tokens.issue({ user_id: 7 })}`)).statusCode).toBe(200);
  });

  it('refuses before it reads the body', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/me', headers, payload: '{ broken' });
    expect([answer.statusCode, answer.json()]).toEqual([401, { error: 'Token is missing' }]);
  });

  it('refuses a repeated Authorization header, even when the first one is good', async () => {
    const { port } = await app.listenAsConfigured();
    const good = `Bearer ${app.tokens.issue({ user_id: 7 })}`;
    const response = await fetchRaw(port, [
      ['authorization', good],
      ['Authorization', 'Bearer other'],
    ]);
    expect(response).toBe(401);
    expect(await fetchRaw(port, [['authorization', good]])).toBe(200);
  });
});

async function createTestApp(): Promise<App> {
  const http = loadConfig({
    variables: { ...httpVariables, PORT: portVariable(0) },
    shape: toHttpConfig,
    source: { env: { HOST: '127.0.0.1', LOG_LEVEL: 'silent' } },
  });
  const logger = createLogger({ name: 'test', level: 'silent' });
  const app = await createApp({
    name: 'test',
    http,
    logger,
    errors: { serialize: (error) => ({ error: error.message }) },
  });
  const claimsOf = new WeakMap<object, TokenClaims>();
  await app.register(bearerAuth, {
    secret: SECRET,
    issuer: 'trafficflux',
    audience: 'books',
    lifetimeSeconds: 3600,
    requiredClaims: ['user_id'],
    authenticate: async (claims, request) => {
      claimsOf.set(request, claims);
    },
  });
  app.get('/me', { onRequest: app.requireBearer }, async (request) => claimsOf.get(request));
  app.post('/me', { onRequest: app.requireBearer }, async () => ({}));
  return app;
}

async function fetchRaw(port: number, headers: [string, string][]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`GET /me HTTP/1.1\r\nHost: x\r\n${lines}\r\n`),
  );
  socket.once('data', (chunk) => {
    resolve(Number(chunk.toString().split(' ')[1]));
    socket.destroy();
  });
  socket.once('error', reject);
  return promise;
}
