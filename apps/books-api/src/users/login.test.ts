import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../test/service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService({
    LOGIN_FAILURES_PER_ACCOUNT: '3',
    LOGIN_FAILURES_PER_ADDRESS: '12',
    TRUST_PROXY: 'true',
  });
  for (const name of ['ada', 'bob', 'carol', 'dora']) {
    await service.post('/register', { username: name, password: ' pass word ' });
  }
});
afterAll(() => service.close());

let nextAddress = 1;
const login = (username: unknown, password: unknown, address = `198.51.100.${nextAddress++}`) =>
  service.ask({
    method: 'POST',
    url: '/auth/login',
    payload: { username, password } as object,
    headers: { 'x-forwarded-for': address },
  });

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('POST /auth/login', () => {
  test('answers a token of one hour that carries user_id, exp, iat, iss and aud', async () => {
    const answer = await login(' ada ', 'pass word');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual(['access_token']);
    const claims = claimsOf(answer.json.access_token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'user_id']);
    expect(claims.exp - claims.iat).toBe(3600);
    expect(Number.isInteger(claims.user_id)).toBe(true);
  });

  test('S38 is not stored by caches', async () => {
    expect((await login('ada', 'pass word')).headers['cache-control']).toBe('no-store');
    expect((await login('ada', 'wrong')).headers['cache-control']).toBe('no-store');
  });

  test('tells an unknown user from a wrong password, as documented', async () => {
    const unknown = await login('nobody', 'x');
    expect([unknown.status, unknown.json]).toEqual([404, { error: 'Username does not exists' }]);
    const wrong = await login('ada', 'wrong');
    expect([wrong.status, wrong.json]).toEqual([401, { error: 'Password is not correct' }]);
  });

  test('validates as registration does', async () => {
    expect((await login('', 'x')).json).toEqual({ error: "Field 'username' must be a non-empty string" });
    expect((await login('ada', 'x'.repeat(73))).json).toEqual({
      error: "Field 'password' must not exceed 72 bytes",
    });
  });

  test('F73 does not take two passwords for one that differ after 72 bytes', async () => {
    await service.post('/register', { username: 'long', password: 'a'.repeat(72) });
    expect((await login('long', 'a'.repeat(72))).status).toBe(200);
    expect((await login('long', `${'a'.repeat(71)}b`)).status).toBe(401);
    expect((await login('long', `${'a'.repeat(72)}2`)).status).toBe(400);
  });

  test('S14 limits failures of one account from one address, while its owner logs in from elsewhere', async () => {
    const attacker = '203.0.113.5';
    for (let failure = 0; failure < 3; failure++)
      expect((await login('bob', 'wrong', attacker)).status).toBe(401);
    const limited = await login('bob', 'pass word', attacker);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(Object.keys(limited.json)).toEqual(['error']);
    expect((await login('bob', 'pass word')).status).toBe(200);
    expect((await login('carol', 'pass word', attacker)).status).toBe(200);
  });

  test('S14 limits failures of one address, whatever the account', async () => {
    const attacker = '203.0.113.6';
    for (let failure = 0; failure < 12; failure++) {
      expect((await login(`guess${failure}`, 'x', attacker)).status).toBe(404);
    }
    expect((await login('dora', 'pass word', attacker)).status).toBe(429);
  });

  test('counts failures only: 30 right logins in a row succeed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => login('carol', 'pass word', '203.0.113.7')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
