import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { book, type Service, startService } from '../../test/service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.signUp();
  await service.post('/authors', { id: 1, name: 'One' }, token);
  await service.post('/authors', { id: 2, name: 'Two' }, token);
  await service.post('/books', book({ id: 30, author_id: 2, genres: ['é', '"x"'] }), token);
  await service.post('/books', book({ id: 10 }), token);
  await service.post('/books', book({ id: 20, isbn: '0441478123', published_year: 1999 }), token);
});
afterAll(() => service.close());

const idsOf = (list: { id: number }[]) => list.map(({ id }) => id);

describe('GET /books', () => {
  test('answers a bare array in the order of ids, each book with its seven fields', async () => {
    const answer = await service.get('/books');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(idsOf(answer.json)).toEqual([10, 20, 30]);
    expect(Object.keys(answer.json[0])).toEqual([
      'id',
      'title',
      'author_id',
      'isbn',
      'published_year',
      'created_at',
      'genres',
    ]);
    expect(answer.json[0]).toMatchObject({ isbn: null, published_year: null, genres: [] });
    expect(answer.json[2].genres).toEqual(['é', '"x"']);
  });

  test.each([
    ['1', [10, 20]],
    ['2', [30]],
    ['3', []],
    [' 2 ', [30]],
    ['+2', [30]],
    ['0', []],
    ['-5', []],
    ['2147483647', []],
    ['2147483648', []],
    ['-99999999999999999999', []],
    ['1'.repeat(400), []],
  ])('lists the books of author_id=%j', async (authorId, ids) => {
    const answer = await service.get(`/books?author_id=${encodeURIComponent(authorId)}`);
    expect([answer.status, idsOf(answer.json)]).toEqual([200, ids]);
  });

  test.each(['', 'x', '1.5', '1e3', '0x1', 'NaN', '%00', 'true', '1,2', '%F0%9F%93%9A'])(
    'refuses author_id=%s',
    async (authorId) => {
      const answer = await service.get(`/books?author_id=${authorId}`);
      expect([answer.status, answer.json]).toEqual([
        400,
        { error: "Query parameter 'author_id' must be an integer" },
      ]);
    },
  );

  test('S25 refuses a repeated author_id, and ignores other keys', async () => {
    expect((await service.get('/books?author_id=1&author_id=1')).status).toBe(400);
    expect(idsOf((await service.get('/books?author_id[]=1&page=2&%00=1')).json)).toEqual([10, 20, 30]);
  });
});

describe('GET /books/{id}', () => {
  test('answers the book with "status", flattened', async () => {
    const answer = await service.get('/books/20');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(answer.json)[0]).toBe('status');
    expect(answer.json).toMatchObject({
      status: 'success',
      id: 20,
      isbn: '0441478123',
      published_year: 1999,
    });
    expect(answer.json).not.toHaveProperty('created_by_id');
  });

  test.each(['/books/21', '/books/0', '/books/2147483648', '/books/99999999999999999999'])(
    'F47 answers %s with 404 "Book not found"',
    async (path) => {
      const answer = await service.get(path);
      expect([answer.status, answer.json]).toEqual([404, { error: 'Book not found' }]);
    },
  );

  test('answers many readers at once, each with their own book', async () => {
    const ids = [10, 20, 30, 40];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => service.get(`/books/${ids[index % 4]}`)),
    );
    answers.forEach((answer, index) => {
      if (index % 4 === 3) expect(answer.status).toBe(404);
      else expect(answer.json.id).toBe(ids[index % 4]);
    });
  });
});

describe('GET /authors/{id}/books', () => {
  test('answers the author and their books', async () => {
    await service.post('/authors', { id: 5, name: 'Ada', bio: ' Wrote "notes" ', country: 'UK' }, token);
    await service.post('/books', book({ id: 51, author_id: 5 }), token);
    const answer = await service.get('/authors/5/books');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
    expect(answer.json).toEqual({
      status: 'success',
      author: { id: 5, name: 'Ada', bio: ' Wrote "notes" ', country: 'UK' },
      books: (await service.get('/books?author_id=5')).json,
    });
  });

  test('answers 404 for an unknown author, and for one without books', async () => {
    expect((await service.get('/authors/99/books')).json).toEqual({ error: 'Author not found' });
    expect((await service.get('/authors/2147483648/books')).json).toEqual({ error: 'Author not found' });
    await service.post('/authors', { id: 6, name: 'Silent' }, token);
    const answer = await service.get('/authors/6/books');
    expect([answer.status, answer.json]).toEqual([404, { error: 'No books found for author' }]);
  });
});
