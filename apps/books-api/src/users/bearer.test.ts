import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { TEST_SECRET } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../test/service.ts';
import { claims, forge } from '../../test/tokens.ts';

let service: Service;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  service = await startService();
  await service.post('/register', { username: 'ada', password: 'x' });
});
afterAll(() => service.close());

/** Whether a token is taken: an unknown book is 404 behind the guard, and the guard says 401. */
async function tryToken(authorization?: string) {
  const answer = await service.ask({
    method: 'DELETE',
    url: '/books/4711',
    headers: authorization === undefined ? {} : { authorization },
  });
  return answer.status === 404 ? 'taken' : answer.json.error;
}
const tryClaims = (changes: Record<string, unknown>, header = {}) =>
  tryToken(`Bearer ${forge(claims(changes), header)}`);

describe('the bearer guard', () => {
  test.each(['Bearer', 'bearer', 'BEARER'])('takes the scheme %s in any case', async (scheme) => {
    expect(await tryToken(`${scheme} ${forge(claims())}`)).toBe('taken');
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Token x'])(
    'answers the header %j with "Token is missing" and a challenge',
    async (authorization) => {
      expect(await tryToken(authorization)).toBe('Token is missing');
      const { headers } = await service.remove('/books/1');
      expect(headers['www-authenticate']).toBe('Bearer');
    },
  );

  test.each(['x', 'a.b.c', `${forge(claims())}x`, `${forge(claims())} y`])(
    'answers the garbage %j with "Invalid token"',
    async (token) => {
      expect(await tryToken(`Bearer ${token}`)).toBe('Invalid token');
    },
  );

  test('answers a token without user_id, or with a wrong one, with "Invalid token"', async () => {
    for (const user_id of [undefined, null, '1', 1.5, true, 0, 2 ** 31, { id: 1 }]) {
      expect(await tryClaims({ user_id })).toBe('Invalid token');
    }
  });

  test('answers a token whose user was deleted with "User not found", at once', async () => {
    const token = await service.signUp('leaving');
    expect(await tryToken(`Bearer ${token}`)).toBe('taken');
    await service.sql.query("DELETE FROM users WHERE username = 'leaving'");
    expect(await tryToken(`Bearer ${token}`)).toBe('User not found');
  });

  test('S01 F55 takes the algorithm from the configuration, never from the token', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await tryToken(`Bearer ${forge(claims(), {}, pem)}`)).toBe('Invalid token');
    for (const alg of ['none', 'None', 'hs256', 'HS512', 'RS256']) {
      expect(await tryClaims({}, { alg })).toBe('Invalid token');
    }
    const [header, payload] = forge(claims(), { alg: 'none' }).split('.');
    expect(await tryToken(`Bearer ${header}.${payload}.`)).toBe('Invalid token');
    const input = `${Buffer.from('{"alg":"HS512","typ":"JWT"}').toString('base64url')}.${payload}`;
    const signature = createHmac('sha512', TEST_SECRET).update(input).digest('base64url');
    expect(await tryToken(`Bearer ${input}.${signature}`)).toBe('Invalid token');
  });

  test('S02 refuses a token with one bit flipped, wherever', async () => {
    const parts = forge(claims()).split('.');
    for (const part of [1, 2]) {
      const bytes = Buffer.from(parts[part] ?? '', 'base64url');
      for (let index = 0; index < bytes.length; index += 7) {
        const flipped = Buffer.from(bytes);
        flipped[index] = (flipped[index] ?? 0) ^ 1;
        const token = parts.with(part, flipped.toString('base64url')).join('.');
        expect(await tryToken(`Bearer ${token}`)).toBe('Invalid token');
      }
    }
  });

  test('S03 refuses expired and not yet valid tokens, and odd times', async () => {
    expect(await tryClaims({ exp: now() - 60 })).toBe('Token expired');
    expect(await tryClaims({ nbf: now() + 3600 })).toBe('Invalid token');
    for (const exp of [undefined, null, 'tomorrow', String(now() + 60)]) {
      expect(await tryClaims({ exp })).toBe('Invalid token');
    }
    const endless = JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999');
    expect(await tryToken(`Bearer ${forge(endless)}`)).toBe('Invalid token');
  });

  test('S04 refuses a wrong or missing audience or issuer, also with the same secret', async () => {
    for (const changes of [
      { aud: 'realtime-hub' },
      { aud: undefined },
      { iss: 'somebody' },
      { iss: undefined },
    ]) {
      expect(await tryClaims(changes)).toBe('Invalid token');
    }
  });

  test('S05 fetches nothing that a header names', async () => {
    const { fetch } = globalThis;
    const fetched: unknown[] = [];
    globalThis.fetch = async (input) => {
      fetched.push(input);
      throw new Error('no');
    };
    const url = 'http://127.0.0.1:1/keys';
    for (const header of [{ jku: url }, { x5u: url }, { jwk: { kty: 'oct', k: 'AA' } }, { crit: ['exp'] }]) {
      expect(['taken', 'Invalid token']).toContain(await tryClaims({}, header));
      const withOtherKey = forge(claims(), header, 'another-key-0123456789abcdef0123456789');
      expect(await tryToken(`Bearer ${withOtherKey}`)).toBe('Invalid token');
    }
    globalThis.fetch = fetch;
    expect(fetched).toEqual([]);
  });

  test('S06 never swaps the users of tokens that are used at the same time', async () => {
    const users = await Promise.all(['ann', 'ben'].map((name) => service.signUp(name)));
    await service.post('/authors', { id: 1, name: 'One' }, users[0]);
    const attempts = Array.from({ length: 100 }, (_, index) => ({ id: index + 1, token: users[index % 2] }));
    await Promise.all(
      attempts.map(({ id, token }) =>
        service.post('/books', { id, title: randomUUID(), author_id: 1 }, token),
      ),
    );
    const { rows } = await service.sql.query(
      'SELECT books.id, username FROM books JOIN users ON users.id = created_by_id ORDER BY 1',
    );
    expect(rows).toEqual(attempts.map(({ id }) => ({ id, username: id % 2 ? 'ann' : 'ben' })));
  });

  test('F56 tolerates five seconds between two clocks, and no more', async () => {
    expect(await tryClaims({ iat: now() + 1 })).toBe('taken');
    expect(await tryClaims({ nbf: now() + 2 })).toBe('taken');
    expect(await tryClaims({ exp: now() - 2 })).toBe('taken');
    expect(await tryClaims({ nbf: now() + 3600 })).toBe('Invalid token');
    expect(await tryClaims({ iat: now() + 60 })).toBe('Invalid token');
    expect(await tryClaims({ exp: now() - 30 })).toBe('Token expired');
  });
});
