// H6: with TRAFFIC_AUTH=required the API is for operators and admins, with a token.
import type { AccountStore } from '@trafficflux/accounts';
import { describeBearerFacts, forgeToken, toClaims } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaign, PASSWORD, type Service, startCampaignsApi } from '../../test/service.ts';

let service: Service;
let adaId: string;
const LIST = '/api/sessions/';
const LOGIN = '/api/traffic/token';
const logIn = (username: unknown, password: unknown = PASSWORD) =>
  service.post(LOGIN, { username, password });
const accounts = () => service.stores.accounts as AccountStore;

beforeAll(async () => {
  service = await startCampaignsApi({ TRAFFIC_AUTH: 'required', HOST: '0.0.0.0' });
  await service.addAccount('ada', ['operator']);
  await service.addAccount('root', ['admin', 'user']);
  await service.addAccount('bob', ['user', 'subscriber']);
  adaId = (await accounts().findByUsername('ada'))?.id ?? '';
});
afterAll(() => service.close());

describeBearerFacts({
  tryToken: async (authorization) => {
    const answer = await service.get(LIST, authorization === undefined ? {} : { authorization });
    return answer.status === 200 ? 'taken' : answer.json.error;
  },
  claims: (changes = {}) => toClaims('campaigns-api', { sub: adaId, ...changes }),
  sentences: { missing: 'Token is missing', invalid: 'Invalid token', expired: 'Token expired' },
});

describe('POST /api/traffic/token', () => {
  test('gives operators and admins a token, by name or by e-mail', async () => {
    for (const name of ['ada', 'root', 'ADA@example.com']) {
      const { status, json, headers } = await logIn(name);
      expect([status, json]).toEqual([
        200,
        { success: true, access_token: expect.any(String), token_type: 'bearer', expires_in: 1800 },
      ]);
      expect(headers['cache-control']).toBe('no-store');
      expect((await service.read(LIST, json.access_token)).status).toBe(200);
    }
  });

  test('gives others none, and says why only with the right password', async () => {
    const answer = await logIn('bob');
    const error = 'The campaigns API is for operators and admins';
    expect([answer.status, answer.json]).toEqual([403, { success: false, error, message: error }]);
  });

  test('S13 tells unknown users, wrong passwords and disabled accounts apart by nothing', async () => {
    await service.addAccount('gone', ['operator']);
    await accounts().setDisabled('gone', true);
    for (const answer of [
      await logIn('nobody'),
      await logIn('ada', 'x'),
      await logIn('bob', 'x'),
      await logIn('gone'),
    ]) {
      const error = 'Incorrect username or password';
      expect([answer.status, answer.json]).toEqual([401, { success: false, error, message: error }]);
      expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
    }
  });

  test.each([
    [{}, 'No data provided'],
    [{ username: 'ada' }, 'Missing required field: password'],
    [{ password: 'x' }, 'Missing required field: username'],
    [{ username: { $ne: null }, password: 'x' }, 'Invalid username: must be a non-empty string'],
    [{ username: 'ada', password: ['x'] }, 'Invalid password: must be a non-empty string'],
  ])('S26 refuses %j', async (body, error) => {
    const answer = await service.post(LOGIN, body);
    expect([answer.status, answer.json]).toEqual([400, { success: false, error, message: error }]);
  });

  test('S14 limits wrong logins of an account, and lets nobody lock it out for others', async () => {
    await service.addAccount('target', ['operator']);
    const answers = [];
    for (let attempt = 0; attempt < 11; attempt++) answers.push(await logIn('target', 'wrong'));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429]);
    const last = answers.at(-1);
    expect(Object.keys(last?.json)).toEqual(['success', 'error', 'message']);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    const elsewhere = await service.app.inject({
      method: 'POST',
      url: LOGIN,
      remoteAddress: '198.51.100.7',
      payload: { username: 'target', password: PASSWORD },
    });
    expect(elsewhere.statusCode).toBe(200);
  });

  test('S37 takes no address from X-Forwarded-For, so that nobody escapes the limit by it', async () => {
    await service.addAccount('other', ['operator']);
    const attempt = (address: number) =>
      service.ask({
        method: 'POST',
        url: LOGIN,
        headers: { 'x-forwarded-for': `198.51.100.${address}` },
        payload: { username: 'other', password: 'wrong' },
      });
    for (let address = 1; address <= 10; address++) expect((await attempt(address)).status).toBe(401);
    expect((await attempt(99)).status).toBe(429);
  });

  test('S16 S39 keeps passwords, tokens and hashes out of every log line and answer', async () => {
    const canary = 'canary-5d41402abc4b2a76';
    const token = await service.logIn('ada');
    const answers = [
      await logIn('ada', canary),
      await logIn(['x'], canary),
      await service.ask({
        method: 'POST',
        url: LOGIN,
        headers: { 'content-type': 'application/json' },
        payload: `{"password":"${canary}"`,
      }),
      await service.get(`${LIST}?access_token=${token}`),
    ];
    for (const { text } of answers) expect(text).not.toContain(canary);
    const log = service.lines.join('');
    for (const secret of [canary, token, token.split('.')[2], '$2b$', PASSWORD])
      expect(log).not.toContain(secret);
  });
});

describe('a token', () => {
  test('is asked for by every route but the few that are public', async () => {
    const { paths } = (await service.get('/openapi.json')).json;
    const isPublic = new Set(['/', '/health', '/api/health', '/api/endpoints', LOGIN]);
    for (const [path, methods] of Object.entries<Record<string, object>>(paths)) {
      for (const method of Object.keys(methods)) {
        const url = path.replaceAll(/\{\w+\}/g, 'x');
        const { status, json } = await service.ask({ method: method.toUpperCase() as 'GET', url });
        if (isPublic.has(path)) expect([path, status === 401]).toEqual([path, false]);
        else expect([path, status, json.error]).toEqual([path, 401, 'Token is missing']);
      }
    }
  });

  test('S04 of another service is refused, with the same secret', async () => {
    for (const audience of ['books-api', 'session-runner', 'realtime-hub']) {
      const token = forgeToken(toClaims(audience, { sub: adaId, user_id: 1 }));
      expect((await service.read(LIST, token)).status).toBe(401);
    }
  });

  test('S10 is refused at once when its account is disabled, loses its role, or is gone', async () => {
    await service.addAccount('eve', ['operator']);
    const token = await service.logIn('eve');
    const statusOf = async () => (await service.read(LIST, token)).status;
    expect(await statusOf()).toBe(200);
    await accounts().setRoles('eve', ['user']);
    expect(await statusOf()).toBe(403);
    await accounts().setRoles('eve', ['admin']);
    expect(await statusOf()).toBe(200);
    await accounts().setDisabled('eve', true);
    expect(await statusOf()).toBe(401);
    await accounts().setDisabled('eve', false);
    await service.sql.query("DELETE FROM users WHERE username = 'eve'");
    expect(await statusOf()).toBe(401);
  });

  test('of nobody is refused', async () => {
    for (const sub of [undefined, null, '', 'ada', 7, ['x'], { $ne: null }, 'f'.repeat(24), 'a\u0000']) {
      const token = forgeToken(toClaims('campaigns-api', { sub }));
      expect((await service.read(LIST, token)).status).toBe(401);
    }
  });

  test('lets pages of any site and any Host in, since a browser sends none by itself', async () => {
    const token = await service.logIn('ada');
    const answer = await service.ask({
      method: 'POST',
      url: LIST,
      headers: {
        authorization: `Bearer ${token}`,
        host: 'anything.example',
        origin: 'https://other.example',
        'sec-fetch-site': 'cross-site',
      },
      payload: campaign(),
    });
    expect(answer.status).toBe(200);
  });
});
