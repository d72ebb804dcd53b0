import { describeBearerFacts, forgeToken } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, type Login, startHub, toClaims } from '../service.ts';

let hub: Hub;
let login: Login;

beforeAll(async () => {
  hub = await startHub();
  login = await hub.signUp('ada');
});
afterAll(() => hub.close());

const SENTENCES = {
  missing: 'Authentication token is required',
  invalid: 'Authentication token is invalid',
  expired: 'Token has expired',
};
const CODES: Record<string, string> = {
  [SENTENCES.missing]: 'INVALID_TOKEN',
  [SENTENCES.invalid]: 'INVALID_TOKEN',
  [SENTENCES.expired]: 'TOKEN_EXPIRED',
};
const claims = (changes: Record<string, unknown> = {}) =>
  toClaims(login?.user.id ?? '', login?.session_id ?? '', changes);

/** Whoever is let in hears that there is no such session. */
async function tryToken(authorization?: string): Promise<string> {
  const answer = await hub.ask({
    method: 'DELETE',
    url: '/sessions/none',
    headers: authorization === undefined ? {} : { authorization },
  });
  if (answer.status === 404) return 'taken';
  const { code, message, details } = answer.json.error;
  expect([answer.status, code, details]).toEqual([401, CODES[message], {}]);
  return message;
}

describeBearerFacts({ tryToken, claims, sentences: SENTENCES });

describe('the bearer guard of the hub', () => {
  const tryClaims = (changes: Record<string, unknown>) => tryToken(`Bearer ${forgeToken(claims(changes))}`);

  test('refuses a token whose claims are not those of an access token', async () => {
    for (const name of ['user_id', 'session_id']) {
      for (const value of [undefined, null, '', 7, true, ['x'], { $ne: null }, 'user_x', 'a\u0000', '\ud800'])
        expect(await tryClaims({ [name]: value })).toBe(SENTENCES.invalid);
    }
    for (const permissions of [undefined, null, 'read', { 0: 'read' }, [1], ['read', null]])
      expect(await tryClaims({ permissions })).toBe(SENTENCES.invalid);
    for (const refresh_threshold of [null, 'soon', true])
      expect(await tryClaims({ refresh_threshold })).toBe(SENTENCES.invalid);
    expect(await tryClaims({ typ: 'refresh' })).toBe(SENTENCES.invalid);
  });

  test('S4 refuses the tokens of other services with the same secret', async () => {
    for (const aud of ['books-api', 'session-runner', 'campaigns-api'])
      expect(await tryClaims({ aud, iss: 'trafficflux', sub: 'ada' })).toBe(SENTENCES.invalid);
  });

  test('S6 never swaps the claims of tokens that are used at once', async () => {
    const logins = await Promise.all(Array.from({ length: 20 }, (_, index) => hub.signUp(`many${index}`)));
    const answers = await Promise.all(
      logins.map(({ session_id, access_token }) => hub.remove(`/sessions/${session_id}`, access_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(logins.map(() => 204));
  });
});
