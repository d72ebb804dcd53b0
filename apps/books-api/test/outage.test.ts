// What readers and writers see while the database is away, and after it came back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import { migrate } from '@trafficflux/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../src/stores/migrations.ts';
import { book, type Service, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'trafficflux-outage-'));
const dataDir = join(folder, 'data');
let postgres: EmbeddedPostgres;
let service: Service;
let token: string;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ dataDir });
  await postgres.createDatabase('books');
  const url = postgres.url('books');
  await migrate({ databaseUrl: url, folder: MIGRATIONS });
  service = await startService({ DATABASE_CONNECT_TIMEOUT_MS: '1000' }, url);
  token = await service.signUp();
  await service.post('/authors', { id: 1, name: 'One' }, token);
  await service.post('/books', book(), token);
});
afterAll(async () => {
  await service.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

let nextId = 100;
const ROUTES: [string, () => ReturnType<Service['get']>][] = [
  ['GET /books', () => service.get('/books')],
  ['GET /books?author_id', () => service.get('/books?author_id=1')],
  ['GET /books/{id}', () => service.get('/books/1')],
  ['GET /authors/{id}/books', () => service.get('/authors/1/books')],
  ['POST /books', () => service.post('/books', book({ id: nextId++, genres: ['A'] }), token)],
  ['PUT /books/{id}', () => service.put('/books/1', { title: 'x', genres: ['B'] }, token)],
  ['POST /authors', () => service.post('/authors', { id: nextId++, name: 'x' }, token)],
  ['DELETE /books/{id}', () => service.remove('/books/1', token)],
  ['POST /register', () => service.post('/register', { username: `user ${nextId++}`, password: 'x' })],
  ['POST /auth/login', () => service.post('/auth/login', { username: 'ursula', password: 'pass word' })],
];

/** Asks until the answer is not 503, and says how long that took. */
async function recover(ask: () => ReturnType<Service['get']>) {
  const start = performance.now();
  let answer = await ask();
  while (answer.status === 503) {
    await wait(50);
    answer = await ask();
  }
  return { status: answer.status, ms: performance.now() - start };
}

describe('a database that goes away', () => {
  test('is a 503 with one sentence and Retry-After on every route, and everything comes back by itself', async () => {
    for (const [, ask] of ROUTES.slice(0, 4)) expect((await ask()).status).toBe(200);
    await postgres.stop();
    for (const [route, ask] of ROUTES) {
      const answer = await ask();
      expect([route, answer.status, answer.json]).toEqual([
        route,
        503,
        { error: 'The database is not available. Please try again later.' },
      ]);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await service.get('/health/live')).status).toBe(200);
    expect((await service.get('/health/ready')).status).toBe(503);
    expect((await service.get('/')).status).toBe(200);

    postgres = await startEmbeddedPostgres({ dataDir, port: postgres.port });
    for (const [route, ask] of ROUTES) {
      const { status, ms } = await recover(ask);
      expect([route, status < 300]).toEqual([route, true]);
      expect(ms).toBeLessThan(5000);
    }
    expect((await service.get('/health/ready')).status).toBe(200);
  });

  test('shows after its return what was written meanwhile by others', async () => {
    await service.get('/books');
    await postgres.stop();
    await service.get('/books');
    postgres = await startEmbeddedPostgres({ dataDir, port: postgres.port });
    await service.sql.query("INSERT INTO books (id, title, author_id) VALUES (77, 'From elsewhere', 1)");
    await recover(() => service.get('/books'));
    expect((await service.get('/books')).json.map(({ id }: { id: number }) => id)).toContain(77);
  });

  test('loses no answer but to 503 while connections are killed under load', async () => {
    let isDone = false;
    const seen = new Map<number, number>();
    const client = async () => {
      while (!isDone) {
        for (const [, ask] of ROUTES.slice(0, 6)) {
          const { status } = await ask();
          seen.set(status, (seen.get(status) ?? 0) + 1);
        }
      }
    };
    await service.sql.query(
      "INSERT INTO books (id, title, author_id) VALUES (1, 'x', 1) ON CONFLICT DO NOTHING",
    );
    const clients = [client(), client(), client()];
    for (let round = 0; round < 20; round++) {
      await service.sql.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'books-api'",
      );
      await wait(20);
    }
    isDone = true;
    await Promise.all(clients);
    expect([...seen.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    expect(seen.get(200)).toBeGreaterThan(0);
    for (const [, ask] of ROUTES.slice(0, 4)) expect((await ask()).status).toBe(200);
  });

  test('S36 tells the client nothing of what happened, and the log a line of it', async () => {
    await service.sql.query('ALTER TABLE books RENAME TO hidden_books');
    const answer = await service.get('/books/1');
    await service.sql.query('ALTER TABLE hidden_books RENAME TO books');
    expect([answer.status, answer.json]).toEqual([500, { error: 'Internal server error' }]);
    expect(service.lines.some((line) => line.includes('hidden') || line.includes('does not exist'))).toBe(
      true,
    );
    expect(service.lines.join('')).not.toContain(postgres.url('books'));
  });
});
