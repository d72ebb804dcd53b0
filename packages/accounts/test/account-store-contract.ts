// What every store of accounts keeps to. Each side runs it on a real server.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Account,
  AccountExistsError,
  type AccountStore,
  MAX_NAME_LENGTH,
  type NewAccount,
  toUserId,
} from '../src/index.ts';

export interface StoreUnderTest {
  readonly store: AccountStore;
  clear(): Promise<void>;
  close(): Promise<void>;
}

let counter = 0;
/** An account that is like no other one here. */
export function newAccount(fields: Partial<NewAccount> = {}): NewAccount {
  counter++;
  return {
    username: `person ${counter}`,
    email: `person.${counter}@example.com`,
    fullName: null,
    hashedPassword: '$2b$10$abcdefghijklmnopqrstuv',
    ...fields,
  };
}

const UNUSUAL = [
  `' OR '1'='1`,
  `"; DROP TABLE users; --`,
  '{"$ne":null}',
  '$where',
  'a.b.$[c]',
  '__proto__',
  'constructor',
  '%_\\',
  ' spaces ',
  'tab\tnew\nline',
  'Ærøskøbing 漢字 😀',
  'e\u0301',
  '\u0001\u001f\u007f',
  '\u202egnp.exe',
  'null',
  '0',
];

export function testAccountStore(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  let store: AccountStore;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  beforeEach(() => opened.clear());
  afterAll(() => opened.close());

  const names = (accounts: readonly Account[]) => accounts.map(({ username }) => username);

  test('gives a new account its id, its roles and its dates, and finds it by each of its names', async () => {
    const before = Date.now();
    const given = newAccount({ username: 'Ada', email: 'Ada@Example.com', fullName: 'Ada Lovelace' });
    const ada = await store.create(given);
    expect(ada).toEqual({
      ...given,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      disabled: false,
      roles: ['user', 'subscriber'],
      createdAt: expect.any(Date),
      updatedAt: ada.createdAt,
    });
    expect(ada.createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(ada.createdAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(await store.findById(ada.id)).toEqual(ada);
    expect(await store.findByUsername('Ada')).toEqual(ada);
    for (const login of ['Ada', 'Ada@Example.com', 'ada@example.COM']) {
      expect(await store.findByLogin(login)).toEqual(ada);
    }
    expect(toUserId(ada)).toBe(`user_${ada.id}`);
  });

  test('takes the roles that it is given', async () => {
    const agent = await store.create(newAccount({ roles: ['agent'] }));
    expect((await store.findById(agent.id))?.roles).toEqual(['agent']);
  });

  test('S22 keeps nothing but the fields of an account', async () => {
    const extra = { id: 'f'.repeat(24), disabled: true, created_at: 0, role: 'admin', $set: {} };
    const created = await store.create({ ...extra, ...newAccount() });
    expect(created).toMatchObject({ disabled: false, roles: ['user', 'subscriber'] });
    expect(created.id).not.toBe(extra.id);
  });

  test('tells usernames apart by every letter, and e-mails without regard to case', async () => {
    await store.create(newAccount({ username: 'bob', email: 'Bob@example.com' }));
    await store.create(newAccount({ username: 'BOB' }));
    const taken = [
      newAccount({ username: 'bob' }),
      newAccount({ email: 'Bob@example.com' }),
      newAccount({ email: 'bOB@EXAMPLE.COM' }),
    ];
    for (const account of taken) {
      await expect(store.create(account)).rejects.toBeInstanceOf(AccountExistsError);
    }
    expect(await store.findByUsername('Bob')).toBeNull();
    expect(names(await store.list({ limit: 10 }))).toEqual(['BOB', 'bob']);
    expect((await store.findByUsername('bob'))?.email).toBe('Bob@example.com');
  });

  test('S17 of 50 equal accounts created at once exactly one is', async () => {
    const account = newAccount();
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => store.create(account)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(49);
    expect(refused.filter(({ reason }) => !(reason instanceof AccountExistsError))).toEqual([]);
    expect(await store.list({ limit: 10 })).toHaveLength(1);
  });

  test('of 50 with different usernames and one e-mail in different cases exactly one is', async () => {
    const spell = (index: number) =>
      [...'people'].map((letter, bit) => ((index >> bit) & 1 ? letter.toUpperCase() : letter)).join('');
    const accounts = Array.from({ length: 50 }, (_, index) =>
      newAccount({ email: `${spell(index)}@example.com` }),
    );
    const results = await Promise.allSettled(accounts.map((account) => store.create(account)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(49);
    expect(refused.filter(({ reason }) => !(reason instanceof AccountExistsError))).toEqual([]);
    expect(await store.list({ limit: 10 })).toHaveLength(1);
  });

  test.each(UNUSUAL)('S26 %j is a name like any other, and comes back as it was', async (text) => {
    const bystander = await store.create(newAccount());
    const email = `${text}@example.com`;
    const created = await store.create(newAccount({ username: text, email, fullName: text }));
    const found = await store.findByLogin(text);
    expect(found).toEqual(created);
    expect(found).toMatchObject({ username: text, email, fullName: text });
    expect(await store.findByLogin(email)).toEqual(created);
    expect(names(await store.list({ limit: 10 })).toSorted()).toEqual([bystander.username, text].toSorted());
    expect((await store.setDisabled(text, true))?.disabled).toBe(true);
    expect(await store.findById(bystander.id)).toEqual(bystander);
  });

  test('S26 what is no text is nobody, and is never an operator', async () => {
    await store.create(newAccount());
    for (const value of [
      { $ne: null },
      { $gt: '' },
      ['a'],
      null,
      undefined,
      5,
      true,
    ] as unknown as string[]) {
      expect(await store.findByUsername(value)).toBeNull();
      expect(await store.findByLogin(value)).toBeNull();
      expect(await store.findById(value)).toBeNull();
      expect(await store.setDisabled(value, true)).toBeNull();
      expect(await store.setRoles(value, ['admin'])).toBeNull();
      await expect(store.create(newAccount({ username: value }))).rejects.toBeInstanceOf(TypeError);
    }
    const [only] = await store.list({ limit: 10 });
    expect(only).toMatchObject({ disabled: false, roles: ['user', 'subscriber'] });
  });

  test('S24 nobody has a name that a store cannot keep as it is', async () => {
    for (const name of ['', 'nul\0', 'half \ud83d', 'x'.repeat(MAX_NAME_LENGTH + 1)]) {
      await expect(store.create(newAccount({ username: name }))).rejects.toBeInstanceOf(TypeError);
      await expect(store.create(newAccount({ email: name }))).rejects.toBeInstanceOf(TypeError);
      expect(await store.findByUsername(name)).toBeNull();
      expect(await store.findByLogin(name)).toBeNull();
      expect(await store.setDisabled(name, true)).toBeNull();
    }
    await expect(store.create(newAccount({ fullName: 'nul\0' }))).rejects.toBeInstanceOf(TypeError);
    const longest = newAccount({
      username: '漢'.repeat(MAX_NAME_LENGTH),
      email: '字'.repeat(MAX_NAME_LENGTH),
    });
    const created = await store.create({ ...longest, fullName: 'y'.repeat(100_000) });
    expect(await store.findByLogin(longest.email)).toEqual(created);
  });

  test.each([
    '',
    'x',
    '5',
    'f'.repeat(23),
    'g'.repeat(24),
    'F'.repeat(24),
    '0'.repeat(24),
    `${'0'.repeat(24)}\n`,
  ])('finds nobody by the id %j', async (id) => {
    await store.create(newAccount());
    expect(await store.findById(id)).toBeNull();
  });

  test('finds many by their ids at once, each once, and nobody by what is no id', async () => {
    const [ada, bob, carol] = [
      await store.create(newAccount()),
      await store.create(newAccount()),
      await store.create(newAccount()),
    ];
    const found = async (...ids: unknown[]) =>
      [...(await store.findAllById(ids as string[]))].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const inOrder = [ada, bob].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await found(ada.id, bob.id, ada.id)).toEqual(inOrder);
    expect(await found(carol.id, '0'.repeat(24), 'x', '', 5, null, { $ne: null })).toEqual([carol]);
    expect(await found('0'.repeat(24))).toEqual([]);
    expect(await found({ $gt: '' })).toEqual([]);
    expect(await found()).toEqual([]);
    const nobody = Array.from({ length: 20_000 }, (_, index) => index.toString(16).padStart(24, '0'));
    expect(await found(...nobody, bob.id)).toEqual([bob]);
  });

  test("prefers a username to somebody else's e-mail", async () => {
    const mailed = await store.create(newAccount({ email: 'eve@example.com' }));
    expect(await store.findByLogin('eve@example.com')).toEqual(mailed);
    const named = await store.create(newAccount({ username: 'eve@example.com' }));
    expect(await store.findByLogin('eve@example.com')).toEqual(named);
    expect(await store.findByLogin('EVE@example.com')).toEqual(mailed);
  });

  test('disables and enables, and says so in the date of the change', async () => {
    const { id, username, createdAt } = await store.create(newAccount());
    const disabled = await store.setDisabled(username, true);
    expect(disabled).toMatchObject({ id, disabled: true, createdAt });
    expect(disabled?.updatedAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
    expect(await store.findById(id)).toEqual(disabled);
    expect((await store.setDisabled(username, false))?.disabled).toBe(false);
  });

  test('sets the roles, also to none', async () => {
    const { id, username } = await store.create(newAccount());
    expect((await store.setRoles(username, ['admin', 'operator']))?.roles).toEqual(['admin', 'operator']);
    expect((await store.setRoles(username, []))?.roles).toEqual([]);
    expect((await store.findById(id))?.roles).toEqual([]);
  });

  test('changes nobody who is not there', async () => {
    expect(await store.setDisabled('nobody', true)).toBeNull();
    expect(await store.setRoles('nobody', ['admin'])).toBeNull();
    expect(await store.list({ limit: 10 })).toEqual([]);
  });

  test('S40 lists in pages, in one order whatever the letters', async () => {
    const given = ['b', 'B', 'a', 'Z', 'é', '漢', '\uffee', '😀', '10', '9', '$gt', ' '];
    for (const username of given) await store.create(newAccount({ username }));
    const byBytes = given.filter(Boolean).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(names(await store.list({ limit: 100 }))).toEqual(byBytes);
    const paged: string[] = [];
    for (;;) {
      const after = paged.at(-1);
      const page = await store.list({ limit: 4, ...(after !== undefined && { after }) });
      expect(page.length).toBeLessThanOrEqual(4);
      if (page.length === 0) break;
      paged.push(...names(page));
    }
    expect(paged).toEqual(byBytes);
  });

  test('answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
}
