// `npm run accounts`, on both stores.
import { describeOnMongo } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAccountsCommand } from '../src/command/index.ts';
import { type AccountStore, AccountStoreUnavailableError, ROLES } from '../src/index.ts';
import { newAccount, type StoreUnderTest } from './account-store-contract.ts';
import { openMongoStore, openPostgresStore } from './open-stores.ts';

/** Runs the command on a store, and tells whether it closed what it opened. */
async function run(store: AccountStore, ...args: string[]) {
  const said = { out: '', err: '', opened: 0, closed: 0 };
  const code = await runAccountsCommand({
    args,
    async open() {
      said.opened++;
      return { store, close: async () => void said.closed++ };
    },
    write: (text) => {
      said.out += text;
    },
    complain: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

describeOnMongo('the accounts command on MongoDB', () => testCommand(openMongoStore));
describe('the accounts command on PostgreSQL', () => testCommand(openPostgresStore));

function testCommand(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  let store: AccountStore;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  beforeEach(async () => {
    await opened.clear();
    await store.create(newAccount({ username: 'bob', email: 'bob@example.com', fullName: 'Bob B.' }));
  });
  afterAll(() => opened.close());

  test('lists everybody as a table, without hashes, and closes the store', async () => {
    await store.create(newAccount({ username: 'ann', roles: ['admin'] }));
    await store.setDisabled('ann', true);
    const { code, out, err, closed } = await run(store, 'list');
    expect({ code, err, closed }).toEqual({ code: 0, err: '', closed: 1 });
    const [head, ann, bob, ...rest] = out.trimEnd().split('\n');
    expect(head).toMatch(/^USERNAME +E-MAIL +FULL NAME +ROLES +STATE +CREATED$/);
    expect(ann).toMatch(/^ann +\S+ +admin +disabled +\S+Z$/);
    expect(bob).toMatch(/^bob +bob@example\.com +Bob B\. +user, subscriber +enabled +\S+Z$/);
    expect(rest).toEqual([]);
    expect(out).not.toContain('$2b$');
  });

  test('lists everybody as JSON, with the documented names', async () => {
    const { code, out } = await run(store, 'list', '--json');
    const bob = await store.findByUsername('bob');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        id: bob?.id,
        username: 'bob',
        email: 'bob@example.com',
        full_name: 'Bob B.',
        disabled: false,
        roles: ['user', 'subscriber'],
        created_at: bob?.createdAt.toISOString(),
        updated_at: bob?.updatedAt.toISOString(),
      },
    ]);
  });

  test('disables and enables', async () => {
    expect(await run(store, 'disable', 'bob')).toMatchObject({
      code: 0,
      out: 'bob is disabled.\n',
      closed: 1,
    });
    expect((await store.findByUsername('bob'))?.disabled).toBe(true);
    expect(await run(store, 'enable', 'bob')).toMatchObject({ code: 0, out: 'bob is enabled.\n' });
    expect((await store.findByUsername('bob'))?.disabled).toBe(false);
    const { out } = await run(store, 'disable', 'bob', '--json');
    expect(JSON.parse(out)).toMatchObject({ username: 'bob', disabled: true });
  });

  test.each([
    [['admin', 'operator'], ['admin', 'operator'], 'bob has admin, operator.\n'],
    [
      ['--add', 'operator', '--remove', 'user'],
      ['operator', 'subscriber'],
      'bob has operator, subscriber.\n',
    ],
    [['--add', 'agent', '--add', 'admin'], ['admin', 'user', 'agent', 'subscriber'], expect.any(String)],
    [['--remove', 'user', '--remove', 'subscriber'], [], 'bob has no role.\n'],
    [['user', 'user'], ['user'], 'bob has user.\n'],
    [['--remove', 'service'], ['user', 'subscriber'], 'bob has user, subscriber.\n'],
  ])('role bob %j gives %j', async (args, roles, sentence) => {
    expect(await run(store, 'role', 'bob', ...args)).toMatchObject({
      code: 0,
      out: sentence,
      err: '',
      closed: 1,
    });
    expect((await store.findByUsername('bob'))?.roles).toEqual(roles);
  });

  test.each([
    [['disable', 'nobody'], 'There is no account named "nobody".\n'],
    [['enable', 'BOB'], 'There is no account named "BOB".\n'],
    [['role', 'nobody', 'admin'], 'There is no account named "nobody".\n'],
    [
      ['role', 'bob'],
      `Name the roles that it is to have, or use --add and --remove. The roles are ${ROLES.join(', ')}.\n`,
    ],
    [
      ['role', 'bob', 'admin', '--add', 'user'],
      'Name all the roles, or use --add and --remove, but not both.\n',
    ],
    [
      ['role', 'bob', '--add', 'admin', '--remove', 'admin'],
      'The role admin cannot be added and removed at once.\n',
    ],
  ])('%j ends with one sentence and 1, and changes nothing', async (args, sentence) => {
    const before = await store.list({ limit: 10 });
    expect(await run(store, ...args)).toMatchObject({
      code: 1,
      out: '',
      err: sentence,
      opened: 1,
      closed: 1,
    });
    expect(await store.list({ limit: 10 })).toEqual(before);
  });

  test.each([
    [['role', 'bob', 'boss'], /There is no role "boss"\. The roles are admin, operator, /],
    [['role', 'bob', '--add', 'boss'], /There is no role "boss"/],
    [['disable'], /missing required argument 'username'/],
    [['list', '--nope'], /unknown option '--nope'/],
    [['delete', 'bob'], /unknown command 'delete'/],
    [[], /Usage: accounts/],
  ])('%j says what is wrong without opening the store', async (args, sentence) => {
    const { code, err, opened: opens } = await run(store, ...args);
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(opens).toBe(0);
  });
}

describe('the accounts command', () => {
  test('shows its help without a store', async () => {
    const { code, out, opened } = await run({} as AccountStore, '--help');
    expect([code, opened]).toEqual([0, 0]);
    for (const word of ['list', 'disable', 'enable', 'role', ...ROLES]) expect(out).toContain(word);
  });

  test('reads on until every page was read', async () => {
    const opened = await openPostgresStore();
    await opened.pool.query(
      `INSERT INTO users SELECT lpad(to_hex(n), 24, '0'), 'person ' || n, n || '@x.y', n || '@x.y', NULL, 'x', false, '{user}', now(), now()
       FROM generate_series(1, 1203) AS n`,
    );
    const { out } = await run(opened.store, 'list', '--json');
    const names = JSON.parse(out).map(({ username }: { username: string }) => username);
    expect(names).toEqual(Array.from({ length: 1203 }, (_, index) => `person ${index + 1}`).toSorted());
    await opened.close();
  });

  test('says that nobody is there', async () => {
    const opened = await openPostgresStore();
    expect((await run(opened.store, 'list')).out).toBe('There are no accounts yet.\n');
    expect((await run(opened.store, 'list', '--json')).out).toBe('[]\n');
    await opened.close();
  });

  test('shows names that would steer the terminal as what they are, and cuts long ones', async () => {
    const opened = await openPostgresStore();
    const username = '\u001b[2J\u202eevil\n\u009b31m';
    await opened.store.create(newAccount({ username, fullName: 'y'.repeat(5000) }));
    const { out } = await run(opened.store, 'list');
    expect(out).toContain('\\u{1b}[2J\\u{202e}evil\\u{a}\\u{9b}31m');
    for (const character of '\u001b\u202e\u009b') expect(out).not.toContain(character);
    expect(out).toContain(`${'y'.repeat(39)}…`);
    expect(out).not.toContain('y'.repeat(41));
    expect((await run(opened.store, 'disable', username)).out).not.toContain('\u001b');
    expect((await run(opened.store, 'disable', '\u001b[2J')).err).not.toContain('\u001b');
    await opened.close();
  });

  test('says that the store is away, and closes it', async () => {
    const away = () =>
      Promise.reject(
        new AccountStoreUnavailableError('x', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }),
      );
    const { code, err, closed } = await run({ list: away } as unknown as AccountStore, 'list');
    expect({ code, closed }).toEqual({ code: 1, closed: 1 });
    expect(err).toBe('The accounts are not available: connect ECONNREFUSED 127.0.0.1:1.\n');
  });
});
