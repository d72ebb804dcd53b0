import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { book, type Service, startService } from '../../test/service.ts';

let service: Service;
let token: string;
let nextId = 100;
const nextYear = new Date().getUTCFullYear() + 1;

beforeAll(async () => {
  service = await startService();
  token = await service.signUp();
  await service.post('/authors', { id: 1, name: 'Ursula K. Le Guin' }, token);
});
afterAll(() => service.close());

const create = (fields: Record<string, unknown> = {}) =>
  service.post('/books', book({ id: nextId++, ...fields }), token);

describe('POST /books', () => {
  test('creates a book with trimmed title and genres, in the order sent', async () => {
    const answer = await create({
      id: 7,
      title: '  The Word for World ',
      isbn: '978-0-441-47812-5',
      published_year: 1972,
      genres: [' Novel', 'Fiction', 'Novel'],
      created_by_id: 99,
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ status: 'success', id: 7, message: "book 'The Word for World' created!" });
    const { created_at: createdAt, ...rest } = (await service.get('/books/7')).json;
    expect(rest).toEqual({
      status: 'success',
      id: 7,
      title: 'The Word for World',
      author_id: 1,
      isbn: '978-0-441-47812-5',
      published_year: 1972,
      genres: ['Novel', 'Fiction'],
    });
    expect(new Date(createdAt).toISOString()).toBe(createdAt);
    expect(Date.now() - Date.parse(createdAt)).toBeLessThan(60_000);
  });

  test.each([
    ['without its optional fields', {}],
    ['with null as ISBN and year', { isbn: null, published_year: null }],
    ['with an empty list of genres', { genres: [] }],
    ['with unknown fields, which are ignored', { role: 'admin', nonsense: [1] }],
    ['with an ISBN-10 that ends in x', { isbn: '0-8044-2957-x' }],
    ['with the first year', { published_year: 1000 }],
    ['with the next year', { published_year: nextYear }],
    ['with a title of 255 code points', { title: '📚'.repeat(255) }],
    ['with the largest id', { id: 2147483647 }],
    ['with the ISBN of another book', { isbn: '978-0-441-47812-5' }],
  ])('creates a book %s', async (_, fields) => {
    expect((await create(fields)).status).toBe(201);
  });

  test.each([
    [{ id: undefined }, "Field 'id' is required"],
    [{ id: null }, "Field 'id' is required"],
    [{ id: '1' }, "Field 'id' must be an integer"],
    [{ id: true }, "Field 'id' must be an integer"],
    [{ id: 1.5 }, "Field 'id' must be an integer"],
    [{ id: 0 }, "Field 'id' must be an integer"],
    [{ id: -1 }, "Field 'id' must be an integer"],
    [{ id: 2147483648 }, "Field 'id' must be an integer"],
    [{ title: undefined }, "Field 'title' is required"],
    [{ title: '  ' }, "Field 'title' must be a non-empty string"],
    [{ title: 5 }, "Field 'title' must be a non-empty string"],
    [{ title: 'x'.repeat(256) }, "Field 'title' must not exceed 255 characters"],
    [{ author_id: undefined }, "Field 'author_id' is required"],
    [{ author_id: '1' }, "Field 'author_id' must be an integer"],
    [{ author_id: false }, "Field 'author_id' must be an integer"],
    [{ author_id: 4711 }, 'Author with id 4711 not found'],
    [{ isbn: 9780132350884 }, "Field 'isbn' must be a string"],
    [{ isbn: '' }, "Field 'isbn' must be a valid ISBN-10 or ISBN-13 format"],
    [{ isbn: 'abcdefghiX' }, "Field 'isbn' must be a valid ISBN-10 or ISBN-13 format"],
    [{ isbn: '12345678901' }, "Field 'isbn' must be a valid ISBN-10 or ISBN-13 format"],
    [{ isbn: '9-7-8-0-1-3-2-3-5-0-8-8-4' }, "Field 'isbn' must not exceed 20 characters"],
    [{ published_year: '2020' }, "Field 'published_year' must be an integer"],
    [{ published_year: true }, "Field 'published_year' must be an integer"],
    [{ published_year: 999 }, `Field 'published_year' must be between 1000 and ${nextYear}`],
    [{ published_year: nextYear + 1 }, `Field 'published_year' must be between 1000 and ${nextYear}`],
    [{ genres: null }, "Field 'genres' must be a list"],
    [{ genres: 'Novel' }, "Field 'genres' must be a list"],
    [{ genres: ['Novel', ' '] }, 'Each genre must be a non-empty string'],
    [{ genres: [1] }, 'Each genre must be a non-empty string'],
    [{ genres: ['x'.repeat(101)] }, 'Each genre must not exceed 100 characters'],
    [{ genres: Array(1001).fill('x') }, "Field 'genres' must not exceed 1000 items"],
  ])('answers %j with 400 and "%s"', async (fields, error) => {
    const answer = await create(fields);
    expect([answer.status, answer.json]).toEqual([400, { error }]);
  });

  test('names the first wrong field only', async () => {
    const answer = await service.post('/books', { title: '', author_id: 'x', isbn: 1 }, token);
    expect(answer.json).toEqual({ error: "Field 'id' is required" });
  });

  test('refuses a taken id with 409, before it looks at the author', async () => {
    await create({ id: 50 });
    for (const author_id of [1, 4711]) {
      const answer = await create({ id: 50, author_id });
      expect([answer.status, answer.json]).toEqual([
        409,
        { error: 'A book with this ID or ISBN already exists' },
      ]);
    }
  });

  test('lets exactly one of 20 creations of the same id succeed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => create({ id: 60, genres: [`Race ${index % 3}`] })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(19).fill(409)]);
  });

  test('F50 creates a new genre once, whoever needs it at the same time', async () => {
    const genres = ['Zebra', 'Apple', 'Mango'];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        create({ genres: index % 2 ? genres : genres.toReversed(), isbn: '0441478123' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const { rows } = await service.sql.query('SELECT count(*)::int FROM genres WHERE name = ANY($1)', [
      genres,
    ]);
    expect(rows[0].count).toBe(3);
    const [even, odd] = await Promise.all(
      answers.slice(0, 2).map(({ json }) => service.get(`/books/${json.id}`)),
    );
    expect(even?.json.genres).toEqual(genres.toReversed());
    expect(odd?.json.genres).toEqual(genres);
  });

  test('S26 stores quotes and SQL as they are', async () => {
    const title = `Robert'); DROP TABLE books;-- "quoted" \\ 100% _`;
    const { json } = await create({ title, genres: [title] });
    const stored = (await service.get(`/books/${json.id}`)).json;
    expect([stored.title, stored.genres]).toEqual([title, [title]]);
  });

  test('refuses an author who was deleted meanwhile with 400', async () => {
    await service.post('/authors', { id: 77, name: 'Gone' }, token);
    await service.sql.query('DELETE FROM authors WHERE id = 77');
    expect((await create({ author_id: 77 })).json).toEqual({ error: 'Author with id 77 not found' });
  });
});
