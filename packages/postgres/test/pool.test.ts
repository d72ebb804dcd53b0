import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool, describeDatabaseError, findConstraint, isUnavailable } from '../src/index.ts';
import { type OwnServer, startOwnServer } from './server.ts';

let server: OwnServer;
beforeAll(async () => {
  server = await startOwnServer();
});
afterAll(() => server.remove());

const open = (options = {}) => createPool({ databaseUrl: server.url, name: 'test', ...options });
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable('It should have failed.'),
    (error: unknown) => error,
  );

describe('a pool', () => {
  test('shows its name and settings to PostgreSQL', async () => {
    const pool = open({ settings: { jit: 'off', plan_cache_mode: 'force_custom_plan' } });
    const { rows } = await pool.query(
      "SELECT current_setting('application_name') AS name, current_setting('plan_cache_mode') AS mode",
    );
    expect(rows).toEqual([{ name: 'test', mode: 'force_custom_plan' }]);
    await pool.end();
  });

  test('cuts a statement that takes too long, which counts as unavailable', async () => {
    const pool = open({ statementTimeoutMs: 50 });
    const error = await failureOf(pool.query('SELECT pg_sleep(10)'));
    expect(isUnavailable(error)).toBe(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test('waits for a free connection for a bounded time', async () => {
    const pool = open({ size: 1, connectTimeoutMs: 50 });
    const client = await pool.connect();
    expect(isUnavailable(await failureOf(pool.query('SELECT 1')))).toBe(true);
    client.release();
    await pool.end();
  });

  test('gives up on a server that accepts and never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const pool = createPool({
      databaseUrl: `postgresql://u:p@127.0.0.1:${port}/x`,
      name: 'test',
      connectTimeoutMs: 50,
    });
    expect(isUnavailable(await failureOf(pool.query('SELECT 1')))).toBe(true);
    await pool.end();
    silent.close();
  });

  test('survives the end of its connections, and tells of those that were idle', async () => {
    const lost: Error[] = [];
    const pool = open({ onIdleError: (error: Error) => lost.push(error) });
    const killer = open();
    await pool.query('SELECT 1');
    const told = new Promise((resolve) => pool.once('error', resolve));
    await killer.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test' AND pid <> pg_backend_pid()",
    );
    await told;
    expect(lost).toHaveLength(1);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await Promise.all([pool.end(), killer.end()]);
  });

  test('outlives a connection that is lost after it was handed out, while nobody listens to it', async () => {
    const pool = open();
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // Not `once` of node:events, which listens to errors as well.
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    expect(isUnavailable(await failureOf(client.query('SELECT 1')))).toBe(true);
    client.release(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test('works again by itself after the server was away', async () => {
    const pool = open();
    await pool.query('SELECT 1');
    await server.stop();
    const error = await failureOf(pool.query('SELECT 1'));
    expect(isUnavailable(error)).toBe(true);
    await server.restart();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});

describe('an error of the database', () => {
  test('names the constraint that was broken, and is not an outage', async () => {
    const pool = open();
    await pool.query(
      'CREATE TABLE parents (id int PRIMARY KEY); CREATE TABLE children (parent int CONSTRAINT a_parent REFERENCES parents)',
    );
    await pool.query('INSERT INTO parents VALUES (1)');
    const unique = await failureOf(pool.query('INSERT INTO parents VALUES (1)'));
    const foreign = await failureOf(pool.query('INSERT INTO children VALUES (2)'));
    expect(findConstraint(unique, 'unique')).toBe('parents_pkey');
    expect(findConstraint(unique, 'foreign-key')).toBeNull();
    expect(findConstraint(foreign, 'foreign-key')).toBe('a_parent');
    expect(isUnavailable(unique)).toBe(false);
    expect(describeDatabaseError(unique)).toMatch(/^23505: duplicate key/);
    await pool.end();
  });

  test('is understood inside what wraps it', () => {
    const driver = {
      kind: 'UniqueConstraintViolation',
      originalCode: '23505',
      originalMessage: 'twice',
      constraint: { index: 'a_key' },
    };
    const wrapped = Object.assign(new Error('prisma'), {
      code: 'P2002',
      meta: { driverAdapterError: { cause: driver } },
    });
    expect(findConstraint(wrapped, 'unique')).toBe('a_key');
    expect(isUnavailable(wrapped)).toBe(false);
    const away = Object.assign(new Error('x'), {
      code: 'P2010',
      meta: { driverAdapterError: { cause: { kind: 'DatabaseNotReachable' } } },
    });
    expect(isUnavailable(new Error('outer', { cause: away }))).toBe(true);
    expect(isUnavailable(new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]))).toBe(
      true,
    );
  });

  test.each([null, undefined, 'text', 5, new Error('other'), {}])('%j is no outage', (error) => {
    expect(isUnavailable(error)).toBe(false);
    expect(findConstraint(error, 'unique')).toBeNull();
    expect(typeof describeDatabaseError(error)).toBe('string');
  });
});
