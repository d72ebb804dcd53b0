// The processes beside the service, and the service as a process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function run(name: string, environment: Record<string, string> = {}) {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const env = { PATH: process.env.PATH, DATABASE_URL: service.databaseUrl, ...environment };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

describe('seed', () => {
  test('gives authors and books, and changes nothing the second time', async () => {
    const first = await run('seed');
    expect(first).toMatchObject({ code: 0, out: 'Seed done: 6 of 6 authors and 12 of 12 books were new.\n' });
    await service.sql.query("UPDATE books SET title = 'Mine' WHERE id = 2");
    const second = await run('seed');
    expect(second.out).toBe('Seed done: 0 of 6 authors and 0 of 12 books were new.\n');
    const books = (await service.get('/books')).json;
    expect(books).toHaveLength(12);
    expect(books[1].title).toBe('Mine');
    expect(books[2].genres).toEqual(['Science fiction', 'Novel']);
  });
});

describe('cleanup', () => {
  test('removes users named locust_… and their books, and nobody else', async () => {
    await service.sql.query(
      `INSERT INTO users (username, hashed_password)
       SELECT name, 'x' FROM unnest(ARRAY['locust_a', 'locust_b', 'locustXc', 'Locust_d', 'xlocust_e']) AS name;
       INSERT INTO books (id, title, author_id, created_by_id)
       SELECT 1000 * users.id + n, username, 1, users.id FROM users, generate_series(1, 20) AS n;
       INSERT INTO book_genre SELECT books.id, genres.id FROM books, genres WHERE created_by_id IS NOT NULL ON CONFLICT DO NOTHING;`,
    );
    const before = (await service.get('/books')).json;
    expect(await run('cleanup')).toMatchObject({
      code: 0,
      out: 'Cleanup done: 2 locust users, 40 books removed.\n',
    });
    const after = (await service.get('/books')).json;
    expect(after).toEqual(before.filter(({ title }: { title: string }) => !title.startsWith('locust_')));
    const { rows } = await service.sql.query('SELECT username FROM users ORDER BY 1');
    expect(rows.map(({ username }) => username)).toEqual(['Locust_d', 'locustXc', 'xlocust_e']);
    expect((await run('cleanup')).out).toBe('Cleanup done: 0 locust users, 0 books removed.\n');
  });
});

describe('migrate', () => {
  test('says when there is nothing to do', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, out: 'The database is up to date.\n' });
  });

  test('ends with one sentence and 1 when the database cannot be reached', async () => {
    const { code, err } = await run('migrate', { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/books' });
    expect(code).toBe(1);
    expect(err).toMatch(/^The database books on 127\.0\.0\.1:1 cannot be reached: .*\n$/);
    expect(err).not.toContain('hunter2');
  });
});

describe('a start that must fail', () => {
  const production = { NODE_ENV: 'production', PORT: '0', HOST: '127.0.0.1' };

  test.each([
    ['no secret', {}],
    ['a short one', { SECRET_KEY: 'short' }],
    ['one from a document', { SECRET_KEY: 'your-secret-key-here-change-in-production' }],
  ])('S12 in production with %s is a sentence and exit code 1', async (_, environment) => {
    const { code, err, out } = await run('main', { ...production, ...environment });
    expect(code).toBe(1);
    expect(err).toMatch(/^books-api: SECRET_KEY must .*\n$/);
    expect(out).not.toContain('"ready"');
  });

  test('with a database URL that is none names the variable, and not the password', async () => {
    const { code, err } = await run('main', {
      DATABASE_URL: 'mysql://me:hunter2@host/x',
      SECRET_KEY: 'x'.repeat(40),
    });
    expect(code).toBe(1);
    expect(err).toContain('DATABASE_URL');
    expect(err).not.toContain('hunter2');
  });
});
