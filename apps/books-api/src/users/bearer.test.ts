import { randomUUID } from 'node:crypto';
import { describeBearerFacts, forgeToken, toClaims } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../test/service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
  await service.post('/register', { username: 'ada', password: 'x' });
});
afterAll(() => service.close());

const claims = (changes: Record<string, unknown> = {}) => toClaims('books-api', { user_id: 1, ...changes });

/** Whether a token is taken: an unknown book is 404 behind the guard, and the guard says 401. */
async function tryToken(authorization?: string): Promise<string> {
  const answer = await service.ask({
    method: 'DELETE',
    url: '/books/4711',
    headers: authorization === undefined ? {} : { authorization },
  });
  return answer.status === 404 ? 'taken' : answer.json.error;
}

describeBearerFacts({
  tryToken,
  claims,
  sentences: { missing: 'Token is missing', invalid: 'Invalid token', expired: 'Token expired' },
});

describe('the bearer guard of the books', () => {
  test('answers with a challenge', async () => {
    expect((await service.remove('/books/1')).headers['www-authenticate']).toBe('Bearer');
  });

  test('answers a token without user_id, or with a wrong one, with "Invalid token"', async () => {
    for (const user_id of [undefined, null, '1', 1.5, true, 0, 2 ** 31, { id: 1 }]) {
      expect(await tryToken(`Bearer ${forgeToken(claims({ user_id }))}`)).toBe('Invalid token');
    }
  });

  test('answers a token whose user was deleted with "User not found", at once', async () => {
    const token = await service.signUp('leaving');
    expect(await tryToken(`Bearer ${token}`)).toBe('taken');
    await service.sql.query("DELETE FROM users WHERE username = 'leaving'");
    expect(await tryToken(`Bearer ${token}`)).toBe('User not found');
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
});
