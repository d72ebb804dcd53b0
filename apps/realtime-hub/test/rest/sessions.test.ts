// Contracts 4.2, 4.3 and 4.5: logging in, renewing the access token, logging out.
import { randomUUID } from 'node:crypto';
import { forgeToken } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode, describeOnStores, type Hub, type Login, PASSWORD, toClaims } from '../service.ts';

const error = (code: string, message: string, details = {}) => ({ error: { code, message, details } });
const INVALID_TOKEN = error('INVALID_TOKEN', 'Authentication token is invalid');
const WRONG = error('INVALID_CREDENTIALS', 'Invalid username or password');
const NOT_FOUND = error('NOT_FOUND', 'There is no such session');

describeOnStores('login sessions', (start) => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await start();
  });
  afterAll(() => hub.close());

  const logInAs = (username: unknown, password: unknown = PASSWORD) =>
    hub.post('/sessions', { username, password });
  const refresh = (refresh_token: unknown) => hub.post('/sessions/refresh', { refresh_token });
  const logOut = ({ session_id, access_token }: Login) => hub.remove(`/sessions/${session_id}`, access_token);

  describe('POST /sessions', () => {
    test('answers 200 with both tokens, the session and the user, as documented', async () => {
      const id = await hub.addAccount('ada');
      const answer = await logInAs('ada');
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          access_token: expect.any(String),
          refresh_token: expect.any(String),
          expires_in: 3600,
          token_type: 'Bearer',
          session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          user: { id, username: 'ada', roles: ['user', 'subscriber'] },
        },
      ]);
      expect(id).toMatch(/^user_[0-9a-f]{24}$/);
    });

    test('gives an access token of an hour, with the claims of the contract', async () => {
      const { access_token, session_id, user } = await hub.signUp('bea', ['user', 'agent']);
      const claims = decode(access_token);
      expect(claims).toEqual({
        sub: user.id,
        user_id: user.id,
        session_id,
        iat: expect.any(Number),
        nbf: claims.iat,
        exp: Number(claims.iat) + 3600,
        refresh_threshold: Number(claims.iat) + 2700,
        iss: 'ai-system-rust',
        aud: 'realtime-communication',
        roles: ['user', 'agent'],
        permissions: ['read', 'write', 'subscribe', 'execute_tasks', 'broadcast'],
      });
      expect(Math.abs(Number(claims.iat) - Date.now() / 1000)).toBeLessThan(60);
    });

    test('gives a refresh token of thirty days, which may do nothing else', async () => {
      const { refresh_token, session_id, user } = await hub.signUp('cleo', ['admin']);
      const claims = decode(refresh_token);
      const days = Number(claims.exp) - Number(claims.iat);
      expect(days).toBeGreaterThanOrEqual(2_592_000 - 1);
      expect(days).toBeLessThanOrEqual(2_592_000);
      expect(claims).toMatchObject({
        sub: user.id,
        user_id: user.id,
        session_id,
        nbf: claims.iat,
        iss: 'ai-system-rust',
        aud: 'realtime-communication',
        roles: ['refresh'],
        permissions: ['token_refresh'],
        typ: 'refresh',
      });
    });

    test('takes the e-mail too, in any case, and answers the username', async () => {
      await hub.addAccount('dora');
      for (const name of ['dora@example.com', 'DORA@Example.com']) {
        const { status, json } = await logInAs(name);
        expect([status, json.user.username]).toEqual([200, 'dora']);
      }
      expect((await logInAs('DORA')).status).toBe(401);
    });

    test('S13 tells unknown users, wrong passwords and disabled accounts apart by nothing', async () => {
      for (const name of ['eve', 'gone']) await hub.addAccount(name);
      await hub.stores.accounts.setDisabled('gone', true);
      for (const answer of [
        await logInAs('nobody'),
        await logInAs('eve', 'wrong'),
        await logInAs('eve@example.com', 'wrong'),
        await logInAs('gone'),
        await logInAs('\u0000'),
        await logInAs('\ud800', '\ud800'),
        await logInAs('x'.repeat(30_000), 'y'.repeat(30_000)),
      ]) {
        expect([answer.status, answer.json]).toEqual([401, WRONG]);
        expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
      }
    });

    test.each([
      [{}, 'username', "Field 'username' is required"],
      [{ username: 'ada' }, 'password', "Field 'password' is required"],
      [{ password: 'x' }, 'username', "Field 'username' is required"],
      [{ username: '', password: 'x' }, 'username', "Field 'username' must not be blank"],
      [{ username: '  \t', password: 'x' }, 'username', "Field 'username' must not be blank"],
      [{ username: 'ada', password: '' }, 'password', "Field 'password' must not be blank"],
      [{ username: null, password: 'x' }, 'username', "Field 'username' must be a string"],
      [{ username: 5, password: 'x' }, 'username', "Field 'username' must be a string"],
      [{ username: { $ne: null }, password: 'x' }, 'username', "Field 'username' must be a string"],
      [{ username: 'ada', password: ['x'] }, 'password', "Field 'password' must be a string"],
      [{ username: 'ada', password: true }, 'password', "Field 'password' must be a string"],
    ])('S24 S26 refuses %j with 400 and the name of the field', async (body, field, message) => {
      const answer = await hub.post('/sessions', body);
      expect([answer.status, answer.json]).toEqual([400, error('INVALID_REQUEST', message, { field })]);
    });

    test('S26 takes quotes and SQL for names like any other', async () => {
      for (const username of [`' OR '1'='1`, '"; DROP TABLE users; --', '{"$ne":null}', '__proto__']) {
        expect((await logInAs(username)).json).toEqual(WRONG);
        const { json } = await hub.addAccount(username).then(() => logInAs(username));
        expect(json.user.username).toBe(username);
      }
    });

    test('S22 takes nothing from fields that are not for clients', async () => {
      await hub.addAccount('flo');
      const fields = { roles: ['admin'], user_id: 'user_x', session_id: randomUUID(), expires_in: 1e9 };
      const { status, json } = await hub.post('/sessions', {
        username: 'flo',
        password: PASSWORD,
        ...fields,
      });
      expect([status, json.user.roles, json.expires_in]).toEqual([200, ['user', 'subscriber'], 3600]);
      expect(json.session_id).not.toBe(fields.session_id);
      expect(decode(json.access_token).permissions).not.toContain('system_admin');
    });

    test('gives each login a session of its own', async () => {
      await hub.addAccount('gil');
      const logins = await Promise.all(Array.from({ length: 10 }, () => hub.logIn('gil')));
      expect(new Set(logins.map(({ session_id }) => session_id)).size).toBe(10);
      expect((await logOut(logins[0] as Login)).status).toBe(204);
      expect((await refresh(logins[1]?.refresh_token)).status).toBe(200);
    });
  });

  describe('POST /sessions/refresh', () => {
    test('answers 200 with a new access token of the same session, and no new refresh token', async () => {
      const { refresh_token, session_id, user } = await hub.signUp('hal');
      const { status, json, headers } = await refresh(refresh_token);
      expect([status, json]).toEqual([
        200,
        { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' },
      ]);
      expect(decode(json.access_token)).toMatchObject({ user_id: user.id, session_id });
      expect(headers['cache-control']).toBe('no-store');
      expect((await hub.remove(`/sessions/${session_id}`, json.access_token)).status).toBe(204);
    });

    test('gives the rights that the account has by now', async () => {
      const { refresh_token } = await hub.signUp('ida', ['admin']);
      await hub.stores.accounts.setRoles('ida', ['readonly']);
      const claims = decode((await refresh(refresh_token)).json.access_token);
      expect(claims).toMatchObject({ roles: ['readonly'], permissions: ['read', 'subscribe'] });
    });

    test.each([
      [{}, "Field 'refresh_token' is required"],
      [{ refresh_token: '' }, "Field 'refresh_token' must not be blank"],
      [{ refresh_token: null }, "Field 'refresh_token' must be a string"],
      [{ refresh_token: ['x'] }, "Field 'refresh_token' must be a string"],
      [{ access_token: 'x' }, "Field 'refresh_token' is required"],
    ])('refuses %j with 400', async (body, message) => {
      const answer = await hub.post('/sessions/refresh', body);
      expect([answer.status, answer.json]).toEqual([
        400,
        error('INVALID_REQUEST', message, { field: 'refresh_token' }),
      ]);
    });

    test('S7 refuses an access token', async () => {
      const { access_token } = await hub.signUp('jan');
      const answer = await refresh(access_token);
      expect([answer.status, answer.json]).toEqual([401, INVALID_TOKEN]);
    });

    test('S8 refuses the token of a session that ended, of a disabled account, and of a deleted one', async () => {
      const [ended, disabled, deleted] = [
        await hub.signUp('kim'),
        await hub.signUp('lea'),
        await hub.signUp('max'),
      ];
      await logOut(ended);
      await hub.stores.accounts.setDisabled('lea', true);
      await hub.removeAccount('max');
      for (const { refresh_token } of [ended, disabled, deleted]) {
        const answer = await refresh(refresh_token);
        expect([answer.status, answer.json]).toEqual([401, INVALID_TOKEN]);
      }
      await hub.stores.accounts.setDisabled('lea', false);
      expect((await refresh(disabled.refresh_token)).status).toBe(200);
    });

    test('tells a token whose time is over from one that is none', async () => {
      const { session_id, user } = await hub.signUp('nic');
      const forge = (changes: Record<string, unknown>, key?: string) =>
        forgeToken(toClaims(user.id, session_id, { typ: 'refresh', ...changes }), {}, key);
      const past = Math.floor(Date.now() / 1000) - 60;
      expect((await refresh(forge({}))).status).toBe(200);
      const old = await refresh(forge({ exp: past }));
      expect([old.status, old.json]).toEqual([401, error('TOKEN_EXPIRED', 'Token has expired')]);
      for (const token of [
        'x',
        'a.b.c',
        forge({}, 'another-key-0123456789abcdef0123456789'),
        forge({ exp: past }, 'another-key-0123456789abcdef0123456789'),
        forge({ aud: 'session-runner' }),
        forge({ iss: 'trafficflux' }),
        forge({ typ: undefined }),
        forge({ typ: 'access' }),
        forge({ session_id: randomUUID() }),
        forge({ session_id: undefined }),
        forge({ session_id: { $ne: null } }),
        forge({ user_id: `user_${'0'.repeat(24)}` }),
        forge({ user_id: 7 }),
      ]) {
        const { status, json } = await refresh(token);
        expect([status, json]).toEqual([401, INVALID_TOKEN]);
      }
    });
  });

  describe('DELETE /sessions/{session_id}', () => {
    test('S9 answers 204 without a body, and from then on both tokens are refused', async () => {
      const login = await hub.signUp('ola');
      const answer = await logOut(login);
      expect([answer.status, answer.text]).toEqual([204, '']);
      const again = await logOut(login);
      expect([again.status, again.json]).toEqual([401, INVALID_TOKEN]);
      expect((await refresh(login.refresh_token)).json).toEqual(INVALID_TOKEN);
      expect(await hub.stores.loginSessions.find(login.session_id)).toBeNull();
    });

    test('ends one of several sessions of a user, by the token of another one', async () => {
      const first = await hub.signUp('pia');
      const second = await hub.logIn('pia');
      expect((await hub.remove(`/sessions/${first.session_id}`, second.access_token)).status).toBe(204);
      expect((await refresh(first.refresh_token)).status).toBe(401);
      expect((await refresh(second.refresh_token)).status).toBe(200);
      const again = await hub.remove(`/sessions/${first.session_id}`, second.access_token);
      expect([again.status, again.json]).toEqual([404, NOT_FOUND]);
    });

    test("refuses to end another's with 403, which lasts; an admin may", async () => {
      const [quin, rob, root] = [
        await hub.signUp('quin'),
        await hub.signUp('rob', ['operator', 'service', 'agent']),
        await hub.signUp('root', ['admin']),
      ];
      const answer = await hub.remove(`/sessions/${quin.session_id}`, rob.access_token);
      expect([answer.status, answer.json]).toEqual([
        403,
        error('FORBIDDEN', 'The session is of another user'),
      ]);
      expect((await refresh(quin.refresh_token)).status).toBe(200);
      await hub.stores.accounts.setRoles('root', ['user']);
      expect((await hub.remove(`/sessions/${quin.session_id}`, root.access_token)).status).toBe(403);
      await hub.stores.accounts.setRoles('root', ['admin']);
      expect((await hub.remove(`/sessions/${quin.session_id}`, root.access_token)).status).toBe(204);
      // Who became an admin after the login has to log in again: the token does not say so.
      await hub.stores.accounts.setRoles('rob', ['admin']);
      expect((await hub.remove(`/sessions/${root.session_id}`, rob.access_token)).status).toBe(403);
    });

    test.each([
      randomUUID(),
      'x',
      '1',
      'null',
      '%00',
      '%F0%9F%98%80',
      "';--",
      '..%2f',
      'a%2Fb',
      randomUUID().toUpperCase(),
      'x'.repeat(400),
    ])('answers 404 for %s, which is no session', async (id) => {
      const { access_token } = await hub.signUp(`s${randomUUID()}`);
      const answer = await hub.remove(`/sessions/${id}`, access_token);
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    });

    test('needs a token before it tells anything', async () => {
      const login = await hub.signUp('tom');
      for (const id of [login.session_id, randomUUID(), 'x']) {
        const answer = await hub.remove(`/sessions/${id}`);
        expect([answer.status, answer.json]).toEqual([
          401,
          error('INVALID_TOKEN', 'Authentication token is required'),
        ]);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
      expect((await refresh(login.refresh_token)).status).toBe(200);
    });

    test('S7 refuses a refresh token', async () => {
      const { session_id, refresh_token } = await hub.signUp('uma');
      const answer = await hub.remove(`/sessions/${session_id}`, refresh_token);
      expect([answer.status, answer.json]).toEqual([401, INVALID_TOKEN]);
      expect((await refresh(refresh_token)).status).toBe(200);
    });

    test('S10 refuses the token of a disabled account, and of a deleted one, at once', async () => {
      const [disabled, deleted] = [await hub.signUp('vic'), await hub.signUp('wim')];
      await hub.stores.accounts.setDisabled('vic', true);
      await hub.removeAccount('wim');
      for (const login of [disabled, deleted]) {
        const answer = await logOut(login);
        expect([answer.status, answer.json]).toEqual([401, INVALID_TOKEN]);
      }
      await hub.stores.accounts.setDisabled('vic', false);
      expect((await logOut(disabled)).status).toBe(204);
    });

    test('F44 takes a JSON content type without a body for nothing', async () => {
      const { session_id, access_token } = await hub.signUp('xan');
      const answer = await hub.ask({
        method: 'DELETE',
        url: `/sessions/${session_id}`,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(204);
    });

    test('tells exactly one of twenty at once that it ended the session', async () => {
      const [login, root] = [await hub.signUp('yve'), await hub.signUp('zed', ['admin'])];
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => hub.remove(`/sessions/${login.session_id}`, root.access_token)),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      expect(statuses.filter((status) => status === 404)).toHaveLength(19);
    });
  });
});
