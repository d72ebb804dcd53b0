// Copies that are not answered, or whose connection breaks, end once, and leave a pool that works.
import { isUnavailable } from '@trafficflux/postgres';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOut } from './copy-out.ts';

const LONG = 'COPY (SELECT repeat(i::text, 1000) FROM generate_series(1, 20000) AS i) TO STDOUT';
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

function open(settings: pg.PoolConfig = {}): pg.Pool {
  const opened = new pg.Pool({ connectionString: database.url, idleTimeoutMillis: 0, ...settings });
  opened.on('error', () => {});
  return opened;
}

async function copy(statement: string, from = pool): Promise<string> {
  let text = '';
  await copyOut(from, statement, (piece) => {
    text += piece;
  });
  return text;
}

const failureOf = (copying: Promise<unknown>) =>
  copying.then(
    () => null,
    (error: unknown) => error,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  pool = open();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('one connection copies again and again, and nothing of a copy stays', async () => {
  const one = open({ max: 1, query_timeout: 600_000 });
  await copy('COPY (SELECT 0) TO STDOUT', one);
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  for (let round = 1; round <= 5; round++)
    expect(await copy(`COPY (SELECT ${round}) TO STDOUT`, one)).toBe(`${round}\n`);
  expect(timers()).toBeLessThanOrEqual(before);
  expect([one.totalCount, one.idleCount]).toEqual([1, 1]);
  await one.end();
});

test('a statement that fails tells why', async () => {
  await expect(copy('COPY nowhere TO STDOUT')).rejects.toMatchObject({ code: '42P01' });
  expect(await copy('COPY (SELECT 1) TO STDOUT')).toBe('1\n');
});

test('a connection that breaks half-way ends the copy, and the next one takes another', async () => {
  let ending: Promise<unknown> | undefined;
  const failure = await failureOf(
    copyOut(pool, LONG, () => {
      ending ??= pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'COPY%' AND pid <> pg_backend_pid()`,
      );
    }),
  );
  await ending;
  expect(isUnavailable(failure)).toBe(true);
  expect(await copy('COPY (SELECT 1) TO STDOUT')).toBe('1\n');
});

test('a server that does not answer in time is not waited for', async () => {
  const hasty = open({ query_timeout: 100 });
  const failure = await failureOf(copy('COPY (SELECT pg_sleep(600)) TO STDOUT', hasty));
  expect(isUnavailable(failure)).toBe(true);
  expect(hasty.totalCount).toBe(0);
  await hasty.end();
});

test('what cannot be taken ends the copy', async () => {
  const failure = new Error('no room');
  await expect(
    copyOut(pool, LONG, () => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  expect(await copy('COPY (SELECT 1) TO STDOUT')).toBe('1\n');
});
