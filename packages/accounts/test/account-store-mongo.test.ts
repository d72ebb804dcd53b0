import { describeOnMongo } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prepareMongoAccounts } from '../src/account-store-mongo.ts';
import { AccountExistsError } from '../src/index.ts';
import { newAccount, testAccountStore } from './account-store-contract.ts';
import { openMongoStore } from './open-stores.ts';

describeOnMongo('accounts in MongoDB', () => testAccountStore(openMongoStore));

describeOnMongo('the collection of the accounts in MongoDB', () => {
  let opened: Awaited<ReturnType<typeof openMongoStore>>;
  beforeAll(async () => {
    opened = await openMongoStore();
  });
  beforeEach(() => opened.clear());
  afterAll(() => opened.close());

  test('has the documented names', async () => {
    await opened.store.create(newAccount({ username: 'ada', email: 'Ada@example.com', fullName: 'Ada' }));
    expect(await opened.users.find().toArray()).toEqual([
      {
        _id: expect.anything(),
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

  test('has unique indexes, which may be made again and at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => prepareMongoAccounts(opened.mongo)));
    const indexes = await opened.users.indexes();
    const unique = indexes.filter((index) => index.unique).map(({ key }) => Object.keys(key));
    expect(unique).toEqual(expect.arrayContaining([['username'], ['email_key']]));
  });

  test('takes in the people of a database that knew neither roles nor e-mails in lower case', async () => {
    await opened.users.dropIndexes();
    const then = new Date('2024-01-02T03:04:05Z');
    const known = { hashed_password: 'x', disabled: false, created_at: then, updated_at: then };
    await opened.users.insertMany([
      { ...known, username: 'old', email: 'Old@example.com', full_name: null },
      { ...known, username: 'older', email: 'older@example.com' },
    ]);
    await prepareMongoAccounts(opened.mongo);
    expect(await opened.store.findByLogin('OLD@example.com')).toMatchObject({
      username: 'old',
      roles: ['user', 'subscriber'],
      updatedAt: then,
    });
    expect(await opened.store.findByUsername('older')).toMatchObject({ fullName: null });
    const late = opened.store.create(newAccount({ email: 'OLDER@example.com' }));
    await expect(late).rejects.toBeInstanceOf(AccountExistsError);
  });
});
