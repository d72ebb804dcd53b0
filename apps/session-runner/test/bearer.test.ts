import { describeBearerFacts, forgeToken, toClaims } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
  await service.register('ada');
});
afterAll(() => service.close());

const INVALID = 'Could not validate credentials';
const claims = (changes: Record<string, unknown> = {}) =>
  toClaims('session-runner', { sub: 'ada', ...changes });

async function tryToken(authorization?: string): Promise<string> {
  const answer = await service.get('/auth/me', authorization === undefined ? {} : { authorization });
  return answer.status === 200 ? 'taken' : answer.json.detail;
}

describeBearerFacts({
  tryToken,
  claims,
  sentences: { missing: 'Not authenticated', invalid: INVALID, expired: INVALID },
});

describe('the bearer guard of the session runner', () => {
  test('refuses a token whose sub is no user', async () => {
    const subs = [undefined, null, '', 'nobody', 'ADA', 1, true, ['ada'], { $ne: null }, 'a\u0000', '\ud800'];
    for (const sub of subs) expect(await tryToken(`Bearer ${forgeToken(claims({ sub }))}`)).toBe(INVALID);
  });

  test('S04 refuses the token of another service with the same secret', async () => {
    const token = forgeToken(toClaims('books-api', { sub: 'ada', user_id: 1 }));
    expect(await tryToken(`Bearer ${token}`)).toBe(INVALID);
  });
});
