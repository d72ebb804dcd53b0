// H16 and S40: how often one may log in, how many sessions one may have, and how long it takes to be told no.
import { afterEach, describe, expect, test } from 'vitest';
import { type Hub, PASSWORD, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';

let hub: Hub;
afterEach(() => hub.close());

let nextAddress = 1;
const logIn = (username: string, password: string, address = `198.51.100.${nextAddress++}`) =>
  hub.ask({
    method: 'POST',
    url: '/sessions',
    payload: { username, password },
    headers: { 'x-forwarded-for': address },
  });

function expectLimited(answer: { status: number; json: object; headers: Record<string, unknown> }) {
  expect([answer.status, answer.json]).toEqual([
    429,
    {
      error: {
        code: 'RATE_LIMITED',
        message: 'Too many failed logins. Please try again later.',
        details: {},
      },
    },
  ]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

describe('logins', () => {
  test('S14 are limited by failures of one account from one address, whatever it is called, and not for its owner', async () => {
    hub = await startHub({ LOGIN_FAILURES_PER_ACCOUNT: '3', TRUST_PROXY: 'true' });
    for (const name of ['bob', 'carol']) await hub.addAccount(name);
    const attacker = '203.0.113.5';
    for (const name of ['bob', 'bob@example.com', 'BOB@example.com'])
      expect((await logIn(name, 'wrong', attacker)).status).toBe(401);
    for (const name of ['bob', 'Bob@example.com']) expectLimited(await logIn(name, PASSWORD, attacker));
    expect((await logIn('bob', PASSWORD)).status).toBe(200);
    expect((await logIn('carol', PASSWORD, attacker)).status).toBe(200);
  });

  test('S13 S14 are limited for accounts that nobody has as for others', async () => {
    hub = await startHub({ LOGIN_FAILURES_PER_ACCOUNT: '2', TRUST_PROXY: 'true' });
    const names = ['nobody', 'nobody', 'x'.repeat(300), 'y'.repeat(300)];
    for (const name of names) expect((await logIn(name, 'wrong', '203.0.113.5')).status).toBe(401);
    expectLimited(await logIn('nobody', 'wrong', '203.0.113.5'));
    // Longer than any name: all are one.
    expectLimited(await logIn('z'.repeat(300), 'wrong', '203.0.113.5'));
  });

  test('S14 are limited by failures of one address, whatever the account', async () => {
    hub = await startHub({ LOGIN_FAILURES_PER_ADDRESS: '5', TRUST_PROXY: 'true' });
    await hub.addAccount('dora');
    for (let failure = 0; failure < 5; failure++)
      expect((await logIn(`guess${failure}`, 'x', '203.0.113.6')).status).toBe(401);
    expectLimited(await logIn('dora', PASSWORD, '203.0.113.6'));
    expect((await logIn('dora', PASSWORD)).status).toBe(200);
  });

  test('S37 are counted by the real address where no proxy is trusted', async () => {
    hub = await startHub({ LOGIN_FAILURES_PER_ADDRESS: '2' });
    for (let failure = 0; failure < 2; failure++) expect((await logIn('nobody', 'x')).status).toBe(401);
    expectLimited(await logIn('nobody', 'x'));
  });

  test('that are right, and bodies that are wrong, are never counted; 0 switches the limits off', async () => {
    hub = await startHub({ LOGIN_FAILURES_PER_ACCOUNT: '2', LOGIN_FAILURES_PER_ADDRESS: '0' });
    await hub.addAccount('ada');
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn('ada', PASSWORD)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await hub.post('/sessions', { username: 'ada' })).status).toBe(400);
    for (let guess = 0; guess < 5; guess++) expect((await logIn(`guess${guess}`, 'x')).status).toBe(401);
    expect((await logIn('ada', PASSWORD)).status).toBe(200);
  });

  test('S13 F74 take as long for an unknown user as for a wrong password', async () => {
    hub = await startHub({
      BCRYPT_COST: '10',
      LOGIN_FAILURES_PER_ACCOUNT: '0',
      LOGIN_FAILURES_PER_ADDRESS: '0',
    });
    await hub.stores.accounts.create({
      username: 'known',
      email: 'known@example.com',
      fullName: null,
      // Of the cost that the hub has here.
      hashedPassword: '$2b$10$abcdefghijklmnopqrstuuJ6mG7tTq9Bvqe8Bp7m9x5m8mR1lQ6Tq',
    });
    await logIn('unknown', 'x');
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 20; round++) {
      for (const name of ['known', 'unknown'] as const) {
        const start = performance.now();
        expect((await logIn(name, 'wrong')).status).toBe(401);
        times[name].push(performance.now() - start);
      }
    }
    // A login without a hash takes a tenth of one with it; 10 % would only tell how busy the machine is.
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('sessions', () => {
  test('S40 of a user are no more than there may be: the oldest ends, and its sockets close with 4401', async () => {
    hub = await startHub({ MAX_SESSIONS_PER_USER: '2' });
    const first = await hub.signUp('eve');
    const socket = await openSocket(await hub.port(), { token: first.access_token });
    const second = await hub.logIn('eve');
    const stranger = await hub.signUp('flo');
    expect(await hub.stores.loginSessions.find(first.session_id)).not.toBeNull();
    const third = await hub.logIn('eve');
    expect((await socket.closed).code).toBe(4401);
    const statusOf = async ({ refresh_token }: typeof first) =>
      (await hub.post('/sessions/refresh', { refresh_token })).status;
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
    expect(await statusOf(stranger)).toBe(200);
  });

  test('S9 that end close their sockets with 4401, and no others', async () => {
    hub = await startHub();
    const port = await hub.port();
    const first = await hub.signUp('gil');
    const second = await hub.logIn('gil');
    const sockets = [
      await openSocket(port, { token: first.access_token }),
      await openSocket(port, { token: first.access_token }),
    ];
    const other = await openSocket(port, { token: second.access_token });
    await hub.remove(`/sessions/${first.session_id}`, second.access_token);
    for (const { closed } of sockets) expect((await closed).code).toBe(4401);
    other.send({ type: 'Ping', data: { timestamp: 7 } });
    expect((await other.next('Pong')).data.timestamp).toBe(7);
    await expect(openSocket(port, { token: first.access_token })).rejects.toThrow('401');
  });

  test('end with their refresh token, and no access token outlives them', async () => {
    hub = await startHub({ REFRESH_TOKEN_LIFETIME_SECS: '2', ACCESS_TOKEN_LIFETIME_SECS: '3600' });
    await hub.addAccount('hal');
    const { status, json } = await hub.post('/sessions', { username: 'hal', password: PASSWORD });
    expect([status, json.expires_in <= 2]).toEqual([200, true]);
    await expect.poll(() => hub.stores.loginSessions.find(json.session_id)).toBeNull();
    const late = await hub.post('/sessions/refresh', { refresh_token: json.refresh_token });
    expect(late.status).toBe(401);
    expect((await hub.remove(`/sessions/${json.session_id}`, json.access_token)).status).toBe(401);
  });
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
