import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../test/service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const register = (username: unknown, password: unknown = 'secret') =>
  service.post('/register', { username, password });

describe('POST /register', () => {
  test('creates a user with a trimmed name', async () => {
    const answer = await register('  Bob ');
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ status: 'success', id: answer.json.id, message: "user 'Bob' created!" });
    expect(Number.isInteger(answer.json.id)).toBe(true);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    [{ password: 'x' }, "Field 'username' is required"],
    [{ username: null, password: 'x' }, "Field 'username' is required"],
    [{ username: ' ', password: 'x' }, "Field 'username' must be a non-empty string"],
    [{ username: ['x'], password: 'x' }, "Field 'username' must be a non-empty string"],
    [{ username: { $ne: null }, password: 'x' }, "Field 'username' must be a non-empty string"],
    [{ username: `${'x'.repeat(100)} `, password: 'x' }, "Field 'username' must not exceed 100 characters"],
    [{ username: 'x' }, "Field 'password' is required"],
    [{ username: 'x', password: '' }, "Field 'password' must be a non-empty string"],
    [{ username: 'x', password: 'x'.repeat(256) }, "Field 'password' must not exceed 255 characters"],
    [{ username: 'x', password: 'x'.repeat(73) }, "Field 'password' must not exceed 72 bytes"],
    [{ username: 'x', password: '😀'.repeat(19) }, "Field 'password' must not exceed 72 bytes"],
  ])('answers %j with 400 and "%s"', async (body, error) => {
    const answer = await service.post('/register', body);
    expect([answer.status, answer.json]).toEqual([400, { error }]);
  });

  test('counts code points: a name of 100 emoji is not too long', async () => {
    expect((await register('📚'.repeat(100))).status).toBe(201);
    expect((await register('📚'.repeat(101))).status).toBe(400);
  });

  test('tells upper and lower case apart, and refuses a taken name with 409', async () => {
    expect((await register('carol')).status).toBe(201);
    expect((await register('CAROL')).status).toBe(201);
    const answer = await register(' carol ');
    expect([answer.status, answer.json]).toEqual([409, { error: 'Username already exists' }]);
  });

  test('S15 takes a password of 64 characters, and refuses NUL and more than 72 bytes', async () => {
    expect((await register('long', 'x'.repeat(64))).status).toBe(201);
    expect((await register('nul', 'a\u0000b')).status).toBe(400);
    expect((await register('more', 'x'.repeat(73))).status).toBe(400);
  });

  test('S16 stores a hash of kind $2b$, which no answer and no log line holds', async () => {
    await register('hashed', 'correct horse');
    const { rows } = await service.sql.query("SELECT hashed_password FROM users WHERE username = 'hashed'");
    expect(rows[0].hashed_password).toMatch(/^\$2b\$/);
    expect(service.lines.join('')).not.toContain('$2b$');
  });

  test('S17 lets exactly one of 50 equal registrations succeed', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => register('race')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(49).fill(409)]);
    const { rows } = await service.sql.query("SELECT count(*)::int FROM users WHERE username = 'race'");
    expect(rows[0].count).toBe(1);
  });

  test('S22 ignores fields that are not for clients', async () => {
    const answer = await service.post('/register', {
      username: 'extra',
      password: 'x',
      id: 4711,
      role: 'admin',
      hashed_password: 'x',
    });
    expect(answer.status).toBe(201);
    expect(answer.json.id).not.toBe(4711);
  });
});
