import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { book, type Service, startService } from '../../test/service.ts';

let service: Service;
let owner: string;
let other: string;

beforeAll(async () => {
  service = await startService();
  owner = await service.signUp('owner');
  other = await service.signUp('other');
  await service.post('/authors', { id: 1, name: 'One' }, owner);
  await service.post('/authors', { id: 2, name: 'Two' }, owner);
});
afterAll(() => service.close());

beforeEach(async () => {
  await service.sql.query('DELETE FROM books');
  await service.post('/books', book({ isbn: '0441478123', published_year: 1974, genres: ['B', 'A'] }), owner);
});

describe('PUT /books/{id}', () => {
  test('changes the fields sent and keeps the others, for any user', async () => {
    const answer = await service.put('/books/1', { title: ' New ', author_id: 2, isbn: null }, other);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: 'success', message: 'Book with id 1 updated successfully!' });
    expect((await service.get('/books/1')).json).toMatchObject({
      title: 'New',
      author_id: 2,
      isbn: '0441478123',
      published_year: 1974,
      genres: ['B', 'A'],
    });
  });

  test('replaces the whole list of genres, and [] clears it', async () => {
    await service.put('/books/1', { genres: ['C', 'B', 'C'] }, owner);
    expect((await service.get('/books/1')).json.genres).toEqual(['C', 'B']);
    await service.put('/books/1', { genres: [] }, owner);
    expect((await service.get('/books/1')).json.genres).toEqual([]);
  });

  test('ignores an id in the body', async () => {
    await service.put('/books/1', { id: 5, title: 'Same id' }, owner);
    expect((await service.get('/books/1')).json.title).toBe('Same id');
    expect((await service.get('/books/5')).status).toBe(404);
  });

  test.each([
    [{}, 'Request body must be JSON'],
    [{ nonsense: 1 }, 'At least one field must be provided for update'],
    [{ title: null, genres: null }, 'At least one field must be provided for update'],
    [{ id: 5 }, 'At least one field must be provided for update'],
    [{ title: '' }, "Field 'title' must be a non-empty string"],
    [{ isbn: '' }, "Field 'isbn' must be a valid ISBN-10 or ISBN-13 format"],
    [{ genres: 'x' }, "Field 'genres' must be a list"],
    [{ author_id: 3 }, 'Author with id 3 not found'],
    [{ author_id: true }, "Field 'author_id' must be an integer"],
  ])('answers %j with 400 and "%s"', async (body, error) => {
    const answer = await service.put('/books/1', body, owner);
    expect([answer.status, answer.json]).toEqual([400, { error }]);
  });

  test('looks at the token, then the body, then the book, then the author', async () => {
    expect((await service.put('/books/9', {})).status).toBe(401);
    expect((await service.put('/books/9', {}, owner)).status).toBe(400);
    const answer = await service.put('/books/9', { author_id: 99 }, owner);
    expect([answer.status, answer.json]).toEqual([404, { error: 'Book not found' }]);
  });

  test('answers 20 updates of one book at once, and keeps one of their lists whole', async () => {
    const lists = Array.from({ length: 20 }, (_, index) => [`x${index}`, `y${index}`, 'shared']);
    const answers = await Promise.all(lists.map((genres) => service.put('/books/1', { genres }, owner)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(lists).toContainEqual((await service.get('/books/1')).json.genres);
  });
});

describe('DELETE /books/{id}', () => {
  test('S18 lets only the owner delete a book, and it stays for others', async () => {
    const refused = await service.remove('/books/1', other);
    expect([refused.status, refused.json]).toEqual([403, { error: 'Forbidden' }]);
    expect((await service.get('/books/1')).status).toBe(200);
    const answer = await service.remove('/books/1', owner);
    expect([answer.status, answer.json]).toEqual([
      200,
      { status: 'success', message: 'Book with id 1 deleted successfully!' },
    ]);
    expect((await service.get('/books/1')).status).toBe(404);
  });

  test('refuses a book without a creator with 403', async () => {
    await service.sql.query('UPDATE books SET created_by_id = NULL');
    expect((await service.remove('/books/1', owner)).status).toBe(403);
  });

  test('answers an unknown book with 404, whoever asks', async () => {
    const answer = await service.remove('/books/2', other);
    expect([answer.status, answer.json]).toEqual([404, { error: 'Book not found' }]);
  });

  test('F44 acts on an empty body whatever its content type says', async () => {
    const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
    expect((await service.ask({ method: 'DELETE', url: '/books/1', headers })).status).toBe(200);
  });
});
