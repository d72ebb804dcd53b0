// H14 and H16: how often, how many, and how long it takes to be told no.
import { afterEach, describe, expect, test } from 'vitest';
import { PASSWORD, type Service, startService } from './service.ts';

let service: Service;
afterEach(() => service.close());

let nextAddress = 1;
const from = (address = `198.51.100.${nextAddress++}`) => ({ 'x-forwarded-for': address });
const post = (url: string, payload: object, headers: Record<string, string>) =>
  service.ask({ method: 'POST', url, payload, headers });
const login = (username: string, password: string, address?: string) =>
  post('/auth/login', { username, password }, from(address));

function expectLimited(answer: { status: number; json: object; headers: Record<string, unknown> }) {
  expect([answer.status, Object.keys(answer.json)]).toEqual([429, ['detail']]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

describe('logins', () => {
  test('S14 are limited by failures of one account from one address, while its owner logs in from elsewhere', async () => {
    service = await startService({ LOGIN_FAILURES_PER_ACCOUNT: '3', TRUST_PROXY: 'true' });
    for (const name of ['bob', 'carol']) await service.register(name);
    const attacker = '203.0.113.5';
    for (let failure = 0; failure < 3; failure++)
      expect((await login('bob', 'wrong', attacker)).status).toBe(401);
    expectLimited(await login('bob', PASSWORD, attacker));
    expect((await login('bob', PASSWORD)).status).toBe(200);
    expect((await login('carol', PASSWORD, attacker)).status).toBe(200);
  });

  test('S14 are limited by failures of one address, whatever the account', async () => {
    service = await startService({ LOGIN_FAILURES_PER_ADDRESS: '5', TRUST_PROXY: 'true' });
    await service.register('dora');
    for (let failure = 0; failure < 5; failure++)
      expect((await login(`guess${failure}`, 'x', '203.0.113.6')).status).toBe(401);
    expectLimited(await login('dora', PASSWORD, '203.0.113.6'));
    expect((await login('dora', PASSWORD)).status).toBe(200);
  });

  test('S37 are counted by the real address where no proxy is trusted', async () => {
    service = await startService({ LOGIN_FAILURES_PER_ADDRESS: '2' });
    for (let failure = 0; failure < 2; failure++) expect((await login('nobody', 'x')).status).toBe(401);
    expectLimited(await login('nobody', 'x'));
  });

  test('that are right are never limited', async () => {
    service = await startService();
    await service.register('ada');
    const answers = await Promise.all(Array.from({ length: 30 }, () => login('ada', PASSWORD)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('S13 F74 take as long for an unknown user as for a wrong password', async () => {
    service = await startService({
      BCRYPT_COST: '10',
      LOGIN_FAILURES_PER_ACCOUNT: '0',
      LOGIN_FAILURES_PER_ADDRESS: '0',
    });
    await service.register('known');
    await login('unknown', 'x');
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 20; round++) {
      for (const name of ['known', 'unknown'] as const) {
        const start = performance.now();
        await login(name, 'wrong');
        times[name].push(performance.now() - start);
      }
    }
    // A login without a hash takes a tenth of one with it; 10 % would only tell how busy the machine is.
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('registrations', () => {
  const register = (name: string, address: string) =>
    post(
      '/auth/register',
      { username: name, email: `${name}@example.com`, password: PASSWORD },
      from(address),
    );

  test('are limited by address, also those that are refused', async () => {
    service = await startService({ REGISTRATIONS_PER_MINUTE: '3', TRUST_PROXY: 'true' });
    const statuses = [];
    for (const name of ['a', 'b', 'a']) statuses.push((await register(name, '203.0.113.7')).status);
    expect(statuses).toEqual([200, 200, 400]);
    expectLimited(await register('c', '203.0.113.7'));
    expect((await register('c', '203.0.113.8')).status).toBe(200);
  });

  test('are not limited where the number is 0', async () => {
    service = await startService({ REGISTRATIONS_PER_MINUTE: '0' });
    for (const name of ['a', 'b', 'c', 'd']) expect((await register(name, '203.0.113.7')).status).toBe(200);
  });
});

describe('automation', () => {
  test('calls are limited by user where a number is set', async () => {
    service = await startService({ AUTOMATION_CALLS_PER_MINUTE: '3' });
    const [ada, bob] = [await service.signUp('ada'), await service.signUp('bob')];
    for (const path of ['/automation/config', '/automation/status', '/automation/status/x'])
      expect((await service.read(path, ada)).status).not.toBe(429);
    expectLimited(await service.read('/automation/config', ada));
    expectLimited(await service.post('/automation/stop', undefined, ada));
    expect((await service.read('/automation/config', bob)).status).toBe(200);
    expect((await service.read('/auth/me', ada)).status).toBe(200);
  });

  test('S40 gives a user no more active sessions than there may be', async () => {
    service = await startService({ MAX_ACTIVE_SESSIONS_PER_USER: '2', THREAD_POOL_SIZE: '1', ...slow });
    const [ada, bob] = [await service.signUp('ada'), await service.signUp('bob')];
    for (let session = 0; session < 2; session++) expect(await service.start(ada)).toBeTypeOf('string');
    const body = { search_keyword: 'x', target_domain: 'x.example' };
    expectLimited(await service.post('/automation/start', body, ada));
    expect(await service.start(bob)).toBeTypeOf('string');
    await service.post('/automation/stop', undefined, ada);
    expect(await service.start(ada)).toBeTypeOf('string');
  });

  test('S40 lets no more journeys wait than there may be', async () => {
    service = await startService({ MAX_WAITING_JOURNEYS: '3', THREAD_POOL_SIZE: '1', ...slow });
    const ada = await service.signUp('ada');
    expect(await service.start(ada, { thread_count: 4 })).toBeTypeOf('string');
    const body = { search_keyword: 'x', target_domain: 'x.example' };
    expectLimited(await service.post('/automation/start', body, ada));
    await service.post('/automation/stop', undefined, ada);
    expect((await service.post('/automation/start', body, ada)).status).toBe(200);
  });
});

/** Journeys that end when they are stopped. */
const slow = { JOURNEY_PAUSE_MIN_MS: '20000', JOURNEY_PAUSE_MAX_MS: '20000' };

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
