import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../test/service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.signUp();
});
afterAll(() => service.close());

describe('POST /authors', () => {
  test('creates an author with a trimmed name', async () => {
    const answer = await service.post(
      '/authors',
      { id: 3, name: '  Lem ', bio: null, country: 'Poland' },
      token,
    );
    expect([answer.status, answer.json]).toEqual([
      201,
      { status: 'success', id: 3, message: "author 'Lem' created!" },
    ]);
    const { rows } = await service.sql.query('SELECT name, bio, country FROM authors WHERE id = 3');
    expect(rows).toEqual([{ name: 'Lem', bio: null, country: 'Poland' }]);
  });

  test.each([
    [{ name: 'x' }, "Field 'id' is required"],
    [{ id: 0, name: 'x' }, "Field 'id' must be an integer"],
    [{ id: true, name: 'x' }, "Field 'id' must be an integer"],
    [{ id: 4 }, "Field 'name' is required"],
    [{ id: 4, name: ' ' }, "Field 'name' must be a non-empty string"],
    [{ id: 4, name: 'x'.repeat(256) }, "Field 'name' must not exceed 255 characters"],
    [{ id: 4, name: 'x', bio: '' }, "Field 'bio' must be a non-empty string"],
    [{ id: 4, name: 'x', bio: 'x'.repeat(1001) }, "Field 'bio' must not exceed 1000 characters"],
    [{ id: 4, name: 'x', country: 5 }, "Field 'country' must be a non-empty string"],
    [{ id: 4, name: 'x', country: 'x'.repeat(101) }, "Field 'country' must not exceed 100 characters"],
  ])('answers %j with 400 and "%s"', async (body, error) => {
    const answer = await service.post('/authors', body, token);
    expect([answer.status, answer.json]).toEqual([400, { error }]);
  });

  test('refuses a taken id with 409', async () => {
    await service.post('/authors', { id: 8, name: 'First' }, token);
    const answer = await service.post('/authors', { id: 8, name: 'Second' }, token);
    expect([answer.status, answer.json]).toEqual([409, { error: 'Author with id 8 already added' }]);
  });

  test('lets exactly one of 20 creations of the same id succeed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.post('/authors', { id: 9, name: 'Race' }, token)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    const sentences = ['Author already exists', 'Author with id 9 already added'];
    for (const { status, json } of answers) if (status === 409) expect(sentences).toContain(json.error);
  });

  test('needs a token', async () => {
    expect((await service.post('/authors', { id: 10, name: 'x' })).status).toBe(401);
  });
});
