import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAccount, testAccountStore } from './account-store-contract.ts';
import { openPostgresStore } from './open-stores.ts';

describe('accounts in PostgreSQL', () => testAccountStore(openPostgresStore));

describe('the table of the accounts', () => {
  let opened: Awaited<ReturnType<typeof openPostgresStore>>;
  beforeAll(async () => {
    opened = await openPostgresStore();
  });
  afterAll(() => opened.close());

  test('has the documented names', async () => {
    await opened.store.create(newAccount({ username: 'ada', email: 'Ada@example.com', fullName: 'Ada' }));
    const { rows } = await opened.pool.query('SELECT * FROM users');
    expect(rows).toEqual([
      {
        id: expect.any(String),
        username: 'ada',
        email: 'Ada@example.com',
        email_key: 'ada@example.com',
        full_name: 'Ada',
        hashed_password: expect.any(String),
        disabled: false,
        roles: ['user', 'subscriber'],
        created_at: expect.any(Date),
        updated_at: expect.any(Date),
      },
    ]);
  });

  test('is no outage when it was never made', async () => {
    await opened.pool.query('ALTER TABLE users RENAME TO hidden');
    await expect(opened.store.findByUsername('ada')).rejects.toThrow(/relation "users" does not exist/);
    await expect(opened.store.ping()).rejects.toThrow(/does not exist/);
    await opened.pool.query('ALTER TABLE hidden RENAME TO users');
  });
});
