import { once } from 'node:events';
import type { Socket } from 'node:net';
import { getText, listen, open, readAll } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from '../../../test/service.ts';

/** Lists above 100 kB are streamed here, as those above 32 MB are by default. */
const LIMIT = { LIST_MEMORY_BYTES: '100000' };
/** Of 1 kB each. */
const BOOKS = 15_000;
/** For one reader, in bytes: a page is at most 2 MiB, and one is read while another is on its way. */
const MOST_READ_AHEAD = 6 * 1024 * 1024;

let service: Service;
let port: number;

beforeAll(async () => {
  service = await startService(LIMIT);
  await service.sql.query("INSERT INTO authors (id, name) VALUES (1, 'One')");
  await fill(BOOKS);
  port = await listen(service.app);
});
afterAll(() => service.close());

async function fill(count: number) {
  await service.sql.query('TRUNCATE books CASCADE');
  await service.sql.query(
    `INSERT INTO books (id, title, author_id) SELECT g, repeat('📚', 250), 1 FROM generate_series(1, $1::int) g`,
    [count],
  );
}

const idsOf = (text: string) => JSON.parse(text).map(({ id }: { id: number }) => id);
const firstIds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Connections of the service that work on something or hold a transaction. */
async function busyConnections(): Promise<number> {
  const { rows } = await service.sql.query(
    `SELECT count(*)::int AS busy FROM pg_stat_activity
     WHERE application_name = 'books-api' AND datname = current_database() AND state <> 'idle'`,
  );
  return rows[0].busy;
}

/** Whether somebody waits for the table in this way, as PostgreSQL grants locks: in the order in which they are asked for. */
async function isWaiting(mode: 'AccessShareLock' | 'AccessExclusiveLock'): Promise<boolean> {
  const { rows } = await service.sql.query(
    "SELECT FROM pg_locks WHERE relation = 'books'::regclass AND mode = $1 AND NOT granted",
    [mode],
  );
  return rows.length > 0;
}

describe('a list too long for memory', () => {
  test('is streamed in its documented shape, each book once', async () => {
    for (const path of ['/books', '/books?author_id=1']) {
      const { status, text } = await service.get(path);
      expect(status).toBe(200);
      expect(idsOf(text)).toEqual(firstIds(BOOKS));
    }
    const { json } = await service.get('/authors/1/books');
    expect([json.status, json.author.id, json.books.length]).toEqual(['success', 1, BOOKS]);
  });

  test('answers HEAD without reading the list', async () => {
    const answer = await service.ask({ method: 'HEAD', url: '/books' });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('S40 F64 is not read ahead for a reader who does not read', async () => {
    const accepted: Socket[] = [];
    const accept = (socket: Socket) => accepted.push(socket);
    service.app.server.on('connection', accept);
    const readers = await Promise.all(firstIds(5).map(() => open(port, getText('/books'))));
    // The buffers of the system fill up; then every further page waits for its reader.
    let before = '';
    const isFull = async () => {
      const sent = accepted.map(({ bytesWritten }) => bytesWritten).join();
      const isStill = sent === before && (await busyConnections()) === 0;
      before = sent;
      return isStill && accepted.filter((socket) => socket.writableNeedDrain).length === readers.length;
    };
    await expect.poll(isFull, { interval: 100 }).toBe(true);
    for (const socket of accepted) expect(socket.writableLength).toBeLessThan(MOST_READ_AHEAD);
    for (const reader of readers) reader.destroy();
    service.app.server.off('connection', accept);
  });

  test('F64 frees everything when its reader goes away', async () => {
    const metric = async () =>
      Number(/^http_requests_in_flight\S* (\d+)$/m.exec((await service.get('/metrics')).text)?.[1]);
    const onlyTheQuestion = 1;
    for (let round = 0; round < 15; round++) {
      const socket = await open(port, getText('/books'));
      socket.resume();
      await once(socket, 'data');
      socket.destroy();
    }
    await expect.poll(metric).toBe(onlyTheQuestion);
    await expect.poll(busyConnections).toBe(0);
  });

  test('destroys the socket when the database fails half-way, rather than ending well', async () => {
    // It knows that the list is long, so that its first page is the first that it sends.
    await service.get('/books');
    const holder = await service.sql.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE books');
    const socket = await open(port, getText('/books'));
    await expect.poll(() => isWaiting('AccessShareLock')).toBe(true);
    const hiding = service.sql.query('ALTER TABLE books RENAME TO hidden_books');
    await expect.poll(() => isWaiting('AccessExclusiveLock')).toBe(true);
    // Now the first page is read, then the table is hidden, then the second page fails.
    await holder.query('COMMIT');
    holder.release();
    await hiding;
    try {
      const text = await readAll(socket);
      expect(text).toContain('200 OK');
      expect(text).toContain('{"id":1,');
      expect(text.endsWith('0\r\n\r\n')).toBe(false);
    } finally {
      await service.sql.query('ALTER TABLE hidden_books RENAME TO books');
    }
    expect((await service.get('/books')).status).toBe(200);
  });

  test('is kept in memory again once it is short', async () => {
    await fill(50);
    expect(idsOf((await service.get('/books')).text)).toEqual(firstIds(50));
    const second = await service.get('/books');
    expect(idsOf(second.text)).toEqual(firstIds(50));
    // Only what is kept has a length before it is sent.
    expect(second.headers['content-length']).toBe(String(Buffer.byteLength(second.text)));
    await fill(BOOKS);
    expect(idsOf((await service.get('/books')).text)).toHaveLength(BOOKS);
  });
});

describe('a list of several megabytes in memory', () => {
  test('reaches slow and quick readers whole, at the same time', async () => {
    const large = await startService({}, service.databaseUrl);
    try {
      const largePort = await listen(large.app);
      const slow = await open(largePort, getText('/books', 'Connection: close\r\n'));
      const answers = await Promise.all(firstIds(10).map(() => fetch(`http://127.0.0.1:${largePort}/books`)));
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      expect(new Set(texts).size).toBe(1);
      expect(idsOf(texts[0] ?? '')).toEqual(firstIds(BOOKS));
      expect(answers[0]?.headers.get('content-length')).toBe(String(Buffer.byteLength(texts[0] ?? '')));
      const slowText = await readAll(slow);
      expect(slowText.slice(slowText.indexOf('\r\n\r\n') + 4)).toBe(texts[0]);
    } finally {
      await large.close();
    }
  });
});
