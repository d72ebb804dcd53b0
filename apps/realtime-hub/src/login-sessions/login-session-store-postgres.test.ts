import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newLoginSession, testLoginSessionStore } from '../../test/login-session-store-contract.ts';
import { openPostgresSessions } from '../../test/open-login-session-stores.ts';
import { HUB_MIGRATIONS } from '../stores/migrations.ts';
import type { LoginSessionStore } from './login-session-store.ts';

describe('login sessions in PostgreSQL', () => {
  testLoginSessionStore(async () => {
    const database = await createTestDatabase(HUB_MIGRATIONS);
    const store = openPostgresSessions(database.url);
    return {
      store,
      async close() {
        await store.close();
        await database.drop();
      },
    };
  });
});

describe('the table of login sessions', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let sql: pg.Client;
  let store: LoginSessionStore;
  beforeAll(async () => {
    database = await createTestDatabase(HUB_MIGRATIONS);
    sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    store = openPostgresSessions(database.url);
  });
  afterAll(async () => {
    await store.close();
    await sql.end();
    await database.drop();
  });

  const countRows = async () =>
    Number((await sql.query('SELECT count(*) FROM login_sessions')).rows[0].count);

  test('loses what is over when somebody logs in, however much it is', async () => {
    await sql.query(
      `INSERT INTO login_sessions
       SELECT gen_random_uuid(), 'user_x', now() - interval '2 days', now() - interval '1 day'
       FROM generate_series(1, 2500)`,
    );
    const session = newLoginSession();
    await store.create(session, 0);
    await expect.poll(countRows).toBe(1);
    expect(await store.find(session.id)).toEqual(session);
  });

  test('is no outage when it was never made', async () => {
    await sql.query('ALTER TABLE login_sessions RENAME TO hidden');
    await expect(store.find(newLoginSession().id)).rejects.toThrow(
      /relation "login_sessions" does not exist/,
    );
    await expect(store.create(newLoginSession(), 2)).rejects.toThrow(/does not exist/);
    await expect(store.ping()).rejects.toThrow(/does not exist/);
    await sql.query('ALTER TABLE hidden RENAME TO login_sessions');
    // The connection that failed in the middle of a transaction was not lent out again.
    expect(await store.create(newLoginSession(), 2)).toEqual([]);
  });
});
