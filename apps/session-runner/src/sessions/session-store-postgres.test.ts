import { createPool } from '@trafficflux/postgres';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeSessionStore } from '../../test/session-store-contract.ts';
import { SESSIONS_MIGRATIONS } from '../stores/migrations.ts';
import { SessionStoreUnavailableError } from './session-store.ts';
import { createPostgresSessionStore } from './session-store-postgres.ts';
import { LIST_BY_USER, LIST_STARTED } from './session-store-sql.ts';

describeSessionStore('the session store in PostgreSQL', async () => {
  const database = await createTestDatabase(SESSIONS_MIGRATIONS);
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  return {
    store: createPostgresSessionStore(pool),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});

describe('its plans', () => {
  let pool: pg.Pool;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase(SESSIONS_MIGRATIONS);
    drop = database.drop;
    pool = createPool({ databaseUrl: database.url, name: 'test' });
    await pool.query(`
      INSERT INTO sessions (id, user_id, search_keyword, target_domain, status, thread_count, driver, runner, created_at, updated_at)
      SELECT lpad(to_hex(n), 24, '0'), 'user ' || n % 100, 'k', 't', CASE n % 100 WHEN 0 THEN 'started' ELSE 'completed' END,
        1, 'dry-run', 'runner ' || n % 3, now() - n * interval '1 second', now()
      FROM generate_series(1, 20000) AS n`);
    await pool.query('ANALYZE sessions');
  });
  afterAll(async () => {
    await pool.end();
    await drop();
  });

  async function explain(statement: string, values: unknown[]): Promise<string> {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  test("read a user's newest sessions from the index, without a sort", async () => {
    const plan = await explain(LIST_BY_USER, ['user 7', 10]);
    expect(plan).toContain('Index Scan using sessions_by_user');
    expect(plan).not.toMatch(/Sort|Seq Scan/);
  });

  test('read the started sessions of a runner from the index of the started', async () => {
    const plan = await explain(LIST_STARTED, ['runner 1']);
    expect(plan).toContain('sessions_started');
    expect(plan).not.toContain('Seq Scan');
  });
});

test('a PostgreSQL out of reach is an unavailable store', async () => {
  const pool = createPool({ databaseUrl: 'postgresql://me@127.0.0.1:1/none', name: 'test' });
  const store = createPostgresSessionStore(pool);
  await expect(store.ping()).rejects.toThrow(SessionStoreUnavailableError);
  await expect(store.listByUser('user', 1)).rejects.toThrow(SessionStoreUnavailableError);
  await pool.end();
});
