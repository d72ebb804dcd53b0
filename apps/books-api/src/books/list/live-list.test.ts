import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../../test/service.ts';

let service: Service;
/** Another process of ours on the same database. */
let sibling: Service;
let sql: pg.Pool;

beforeAll(async () => {
  service = await startService();
  sibling = await startService({}, service.databaseUrl);
  sql = service.sql;
  await sql.query("INSERT INTO authors (id, name) VALUES (1, 'One'), (2, 'Two')");
});
afterAll(async () => {
  await sibling.close();
  await service.close();
});
beforeEach(async () => {
  await sql.query('TRUNCATE books, genres CASCADE');
  await sql.query("INSERT INTO genres (name) VALUES ('Novel')");
  await addBooks(1, 30);
});

async function addBooks(from: number, to: number, author = 1) {
  await sql.query(
    `INSERT INTO books (id, title, author_id) SELECT id, 'Book ' || id, $3 FROM generate_series($1::int, $2::int) AS id`,
    [from, to, author],
  );
}

interface ListedBook {
  id: number;
  title: string;
  genres: string[];
}
const list = async (path = '/books', from = service): Promise<ListedBook[]> => (await from.get(path)).json;
const ids = (books: ListedBook[]) => books.map(({ id }) => id);

/** What each list must be: read from the tables, past everything that is kept. */
async function expected(author?: number): Promise<ListedBook[]> {
  const { rows } = await sql.query(
    `SELECT id, title, ARRAY(SELECT name FROM genres JOIN book_genre ON genre_id = genres.id
       WHERE book_id = books.id ORDER BY position, genre_id) AS genres
     FROM books WHERE $1::int IS NULL OR author_id = $1 ORDER BY id`,
    [author ?? null],
  );
  return rows;
}

const WRITES: [string, string][] = [
  ['a new book', "INSERT INTO books (id, title, author_id) VALUES (15000, 'New', 1)"],
  ['a changed title', "UPDATE books SET title = 'Changed' WHERE id = 7"],
  ['a changed author', 'UPDATE books SET author_id = 2 WHERE id IN (3, 5)'],
  ['a changed id', 'UPDATE books SET id = 500 WHERE id = 4'],
  ['a deleted book', 'DELETE FROM books WHERE id = 9'],
  ['a deleted author', 'DELETE FROM authors WHERE id = 2'],
  ['a linked genre', 'INSERT INTO book_genre SELECT 6, id FROM genres'],
  ['a moved genre', 'UPDATE book_genre SET book_id = 8'],
  ['a renamed genre', "UPDATE genres SET name = 'Roman'"],
  ['an unlinked genre', 'DELETE FROM book_genre'],
  ['a deleted genre', 'DELETE FROM genres'],
  [
    '1,500 new books',
    "INSERT INTO books (id, title, author_id) SELECT g, 'x', 1 FROM generate_series(2000, 3499) g",
  ],
  ['1,500 changed books', "UPDATE books SET title = title || '!' WHERE id >= 2000"],
  ['1,500 deleted books', 'DELETE FROM books WHERE id >= 2000'],
  ['no books at all', 'TRUNCATE books CASCADE'],
];

describe('the list of books', () => {
  test('shows every write that was committed before the request, whoever made it', async () => {
    await sql.query("INSERT INTO authors (id, name) VALUES (2, 'Two') ON CONFLICT DO NOTHING");
    await list();
    await list('/books?author_id=1');
    for (const [what, write] of WRITES) {
      if (what === 'a moved genre') await sql.query('DELETE FROM book_genre WHERE book_id <> 6');
      await sql.query(write);
      for (const from of [service, sibling]) {
        expect([what, await list('/books', from)]).toMatchObject([what, await expected()]);
        expect([what, await list('/books?author_id=1', from)]).toMatchObject([what, await expected(1)]);
      }
    }
    await sql.query("INSERT INTO authors (id, name) VALUES (2, 'Two') ON CONFLICT DO NOTHING");
  });

  test('shows a write as soon as it is committed, and not before', async () => {
    const client = await sql.connect();
    await list();
    await client.query('BEGIN');
    await client.query("UPDATE books SET title = 'Pending' WHERE id = 1");
    // Later transactions commit while that one is open: its changes must not be forgotten.
    for (let id = 100; id < 110; id++) {
      await addBooks(id, id);
      expect((await list())[0]?.title).toBe('Book 1');
    }
    await client.query('COMMIT');
    client.release();
    expect((await list())[0]?.title).toBe('Pending');
    expect(await list()).toMatchObject(await expected());
  });

  test('is right for every reader while writers work in both processes', async () => {
    const token = await service.signUp('writer');
    let written = 1000;
    let isDone = false;
    const write = async (from: Service) => {
      for (let count = 0; count < 60; count++) {
        const id = ++written;
        await from.post(
          '/books',
          { id, title: `T${id}`, author_id: 1, genres: ['Novel', `G${id % 5}`] },
          token,
        );
        expect(ids(await list('/books', from === service ? sibling : service))).toContain(id);
        if (count % 3 === 0) await from.put(`/books/${id}`, { title: 'Changed', genres: [] }, token);
        if (count % 4 === 0) {
          await from.remove(`/books/${id}`, token);
          expect(ids(await list())).not.toContain(id);
        }
      }
    };
    const read = async () => {
      while (!isDone) {
        const books = ids(await list());
        expect(books).toEqual([...new Set(books)].sort((a, b) => a - b));
        await nextTurn();
      }
    };
    const readers = [read(), read()];
    await Promise.all([write(service), write(sibling), write(service)]).finally(() => {
      isDone = true;
    });
    await Promise.all(readers);
    for (const from of [service, sibling]) expect(await list('/books', from)).toMatchObject(await expected());
  });

  test('is read anew after the connection that it depends on was killed', async () => {
    await list();
    await sql.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'books-api' AND datname = current_database()",
    );
    await sql.query("UPDATE books SET title = 'While it was away' WHERE id = 2");
    expect((await list())[1]?.title).toBe('While it was away');
  });

  test('F52 shows books of one moment once each', async () => {
    await sql.query('TRUNCATE books CASCADE');
    await sql.query(
      "INSERT INTO books (id, title, author_id, created_at) SELECT g, 'Same', 1, now() FROM generate_series(25, 1, -1) g",
    );
    expect(ids(await list())).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });
});
