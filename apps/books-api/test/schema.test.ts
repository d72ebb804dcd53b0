// The Prisma schema and the hot reads' SQL against the tables that the migrations make.
import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as statements from '../src/books/statements.ts';
import { MIGRATIONS } from '../src/stores/migrations.ts';
import { startService } from './service.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(MIGRATIONS);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const schema = readFileSync(new URL('../prisma/schema.prisma', import.meta.url), 'utf8');
const TYPES: Record<string, string> = {
  Int: 'integer',
  BigInt: 'bigint',
  SmallInt: 'smallint',
  String: 'text',
};

/** `table.column: type null?` of each field that is a column, from the schema's text. */
function columnsOfSchema(): string[] {
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, , body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    return [...body.matchAll(/^ {2}(\w+) +(\w+(?:\("\w+"\))?)(\?|\[\])?(.*)$/gm)]
      .filter(([, , type = '', list]) => !names.has(type) && list !== '[]')
      .map(([, field, type = '', optional, rest = '']) => {
        const column = /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field;
        return `${table}.${column}: ${toSqlType(type, rest)}${optional ? ' null' : ''}`;
      });
  });
}

function toSqlType(type: string, attributes: string): string {
  const length = /@db\.VarChar\((\d+)\)/.exec(attributes)?.[1];
  if (length) return `varchar(${length})`;
  if (/@db\.Timestamptz\(3\)/.test(attributes)) return 'timestamptz(3)';
  const unsupported = /Unsupported\("(\w+)"\)/.exec(type)?.[1];
  return unsupported ?? TYPES[/@db\.(\w+)/.exec(attributes)?.[1] ?? type] ?? type;
}

async function columnsOfDatabase(): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT table_name, column_name, udt_name, data_type, is_nullable, character_maximum_length AS length
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'applied_migrations'`,
  );
  return rows.map(({ table_name, column_name, udt_name, data_type, is_nullable, length }) => {
    const special: Record<string, string> = { varchar: `varchar(${length})`, timestamptz: 'timestamptz(3)' };
    const type = special[udt_name] ?? (data_type === 'USER-DEFINED' ? udt_name : data_type);
    return `${table_name}.${column_name}: ${type}${is_nullable === 'YES' ? ' null' : ''}`;
  });
}

test('the Prisma schema names every column of the database, with its type', async () => {
  const columns = columnsOfSchema();
  expect(columns).toContain('books.published_year: integer null');
  expect(columns.toSorted()).toEqual((await columnsOfDatabase()).toSorted());
});

test('the database has the keys that the Prisma schema names', async () => {
  const { rows } = await client.query(
    `SELECT conrelid::regclass::text AS "table", contype::text AS kind, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f') ORDER BY 1, 2, 3`,
  );
  const foreign = rows
    .filter(({ kind }) => kind === 'f')
    .map(({ table, definition }) => `${table} ${definition}`);
  expect(foreign).toEqual([
    'book_genre FOREIGN KEY (book_id) REFERENCES books(id) ON DELETE CASCADE',
    'book_genre FOREIGN KEY (genre_id) REFERENCES genres(id) ON DELETE CASCADE',
    'books FOREIGN KEY (author_id) REFERENCES authors(id) ON DELETE CASCADE',
    'books FOREIGN KEY (created_by_id) REFERENCES users(id) ON DELETE SET NULL',
  ]);
  for (const [, attributes] of schema.matchAll(/@relation\((.*?)\)/g)) expect(attributes).toMatch(/onDelete/);
  const { rows: unique } = await client.query(
    "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%' AND right(indexname, 4) = '_key' ORDER BY 1",
  );
  expect(unique.map(({ indexname }) => indexname)).toEqual(['genres_name_key', 'users_username_key']);
});

test('the hot reads name only columns of the Prisma schema, and PostgreSQL can plan each of them', async () => {
  const columns = new Set(columnsOfSchema().map((column) => column.split(':')[0]));
  const tables: Record<string, string> = { b: 'books', bg: 'book_genre', g: 'genres' };
  for (const statement of Object.values(statements)) {
    const text = typeof statement === 'string' ? statement : statement.text;
    for (const [, alias = '', column] of text.matchAll(/\b(b|bg|g)\.(\w+)/g)) {
      if (column === 'json') continue;
      expect(columns).toContain(`${tables[alias]}.${column}`);
    }
    await client.query(`PREPARE probe AS ${text}`);
    await client.query('DEALLOCATE probe');
  }
});

test('the hot reads find books by their keys, also on connections that knew the tables empty', async () => {
  const service = await startService();
  try {
    const readers = Array.from({ length: 20 }, () => service.get('/books/1'));
    await Promise.all([service.sql.query('ANALYZE'), ...readers, service.get('/books')]);
    await service.sql.query(
      `INSERT INTO authors (id, name) VALUES (1, 'One');
       INSERT INTO genres (name) VALUES ('Novel');
       INSERT INTO books (id, title, author_id) SELECT g, 'x', 1 FROM generate_series(1, 20000) g;
       INSERT INTO book_genre SELECT id, 1 FROM books;`,
    );
    const read =
      "SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables WHERE relname IN ('books', 'book_genre')";
    const rowsRead = async () => (await service.sql.query(read)).rows[0].rows;
    await service.get('/books');
    const before = await rowsRead();
    for (let id = 1; id <= 20; id++)
      expect((await service.get(`/books/${id}`)).json.genres).toEqual(['Novel']);
    // PostgreSQL counts up to a second late, so the list's 40,000 rows may stand in the difference. Twenty scans of
    // both tables would be 800,000.
    expect((await rowsRead()) - before).toBeLessThan(400_000);
  } finally {
    await service.close();
  }
});
