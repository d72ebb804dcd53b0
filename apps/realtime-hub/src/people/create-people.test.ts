// Who somebody is now, on real stores: what is asked when, and what counts while a store is away.
import { accountsMigrations, createPostgresAccountStore, toUserId } from '@trafficflux/accounts';
import { createPool, migrate } from '@trafficflux/postgres';
import { createLogger } from '@trafficflux/service-kit';
import {
  createTestDatabase,
  describeOnOwnRedis,
  startOwnPostgres,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newLoginSession } from '../../test/login-session-store-contract.ts';
import { openPostgresSessions, openRedisSessions } from '../../test/open-login-session-stores.ts';
import type { Access } from '../login-sessions/access.ts';
import type { LoginSessionStore } from '../login-sessions/login-session-store.ts';
import { HUB_MIGRATIONS } from '../stores/migrations.ts';
import { type AskedPeople, createPeople, type PeopleOptions } from './create-people.ts';
import type { Standing } from './people.ts';

const lines: string[] = [];
const logger = createLogger({
  name: 'test',
  level: 'error',
  destination: { write: (line) => void lines.push(line) },
});

const toAccess = (userId: string, sessionId: string): Access => ({
  userId,
  sessionId,
  permissions: [],
  expiresAt: 0,
  refreshAt: 0,
});

/** Stores that count what they are asked, and can be held back. */
function watchStores({ accounts, sessions }: Pick<PeopleOptions, 'accounts' | 'sessions'>) {
  const asked = { accounts: [] as number[], sessions: [] as number[] };
  let held: Promise<void> = Promise.resolve();
  return {
    asked,
    /** From now on questions reach the stores only when the returned function was called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    accounts: {
      async findAllById(ids: readonly string[]) {
        asked.accounts.push(ids.length);
        const found = await accounts.findAllById(ids);
        await held;
        return found;
      },
    },
    sessions: {
      async findLive(ids: readonly string[]) {
        asked.sessions.push(ids.length);
        const found = await sessions.findLive(ids);
        await held;
        return found;
      },
    },
  };
}

/** A busy machine must not make tests of something else meet an outage. */
const PATIENT_MS = 20_000;
const patient = { logger, answerTimeoutMs: PATIENT_MS };

interface World {
  readonly accounts: ReturnType<typeof createPostgresAccountStore>;
  readonly sessions: LoginSessionStore;
  close(): Promise<void>;
}

async function openWorld(
  accountsUrl: string,
  sessions: LoginSessionStore,
  end: () => Promise<unknown>,
): Promise<World> {
  const pool = createPool({
    databaseUrl: accountsUrl,
    name: 'test',
    connectTimeoutMs: PATIENT_MS,
    statementTimeoutMs: PATIENT_MS,
  });
  return {
    accounts: createPostgresAccountStore(pool),
    sessions,
    async close() {
      await sessions.close();
      await pool.end();
      await end();
    },
  };
}

let names = 0;
/** Somebody who is logged in. */
async function signUp({ accounts, sessions }: World): Promise<Access & { readonly username: string }> {
  const username = `person${names++}`;
  const account = await accounts.create({
    username,
    email: `${username}@example.com`,
    fullName: null,
    hashedPassword: 'x',
  });
  const session = newLoginSession({ userId: toUserId(account) });
  await sessions.create(session, 0);
  return { username, ...toAccess(session.userId, session.id) };
}

const ask = (people: AskedPeople, access: Access) =>
  new Promise<Standing>((resolve) => people.ask(access, resolve));
const isPresent = (username: string, roles = ['user', 'subscriber']) => ({ is: 'present', username, roles });

describe('people', () => {
  let world: World;
  let watched: ReturnType<typeof watchStores>;
  let people: AskedPeople;
  beforeEach(async () => {
    const database = await createTestDatabase(accountsMigrations, HUB_MIGRATIONS);
    world = await openWorld(database.url, openPostgresSessions(database.url), database.drop);
    watched = watchStores(world);
    people = createPeople({ ...watched, ...patient });
  });
  afterEach(async () => {
    await people.close();
    await world.close();
  });

  test('are present with the name and the roles that they have now', async () => {
    const ada = await signUp(world);
    expect(await ask(people, ada)).toEqual(isPresent(ada.username));
    await world.accounts.setRoles(ada.username, ['admin']);
    expect(await ask(people, ada)).toEqual(isPresent(ada.username, ['admin']));
  });

  test('S10 are gone when their account is disabled, and back when it is enabled', async () => {
    const ada = await signUp(world);
    await world.accounts.setDisabled(ada.username, true);
    expect(await ask(people, ada)).toEqual({ is: 'gone' });
    await world.accounts.setDisabled(ada.username, false);
    expect(await ask(people, ada)).toEqual(isPresent(ada.username));
  });

  test('S9 are gone when their session ended, on whatever node', async () => {
    const ada = await signUp(world);
    expect(await ask(people, ada)).toMatchObject({ is: 'present' });
    await world.sessions.end(ada.sessionId);
    expect(await ask(people, ada)).toEqual({ is: 'gone' });
  });

  test.each([
    ['nobody has the user id', (access: Access) => ({ ...access, userId: `user_${'0'.repeat(24)}` })],
    ['the user id has no prefix', (access: Access) => ({ ...access, userId: access.userId.slice(5) })],
    ['the user id is text of any kind', (access: Access) => ({ ...access, userId: "user_'; --" })],
    ['nobody has the session', (access: Access) => ({ ...access, sessionId: crypto.randomUUID() })],
    ['the session id is none', (access: Access) => ({ ...access, sessionId: '__proto__' })],
  ])('are gone where %s', async (_, change) => {
    expect(await ask(people, change(await signUp(world)))).toEqual({ is: 'gone' });
  });

  test('asked for in one moment are one question to each store', async () => {
    const [ada, bob] = [await signUp(world), await signUp(world)];
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => ask(people, index % 2 === 0 ? ada : bob)),
    );
    expect(answers[0]).toEqual(isPresent(ada.username));
    expect(answers[999]).toEqual(isPresent(bob.username));
    expect(watched.asked).toEqual({ accounts: [2], sessions: [2] });
  });

  test('S11 asked for during a round wait for the next one, which tells what is true by then', async () => {
    const ada = await signUp(world);
    const release = watched.hold();
    const early = ask(people, ada);
    await expect.poll(() => watched.asked.accounts).toEqual([1]);
    await world.accounts.setRoles(ada.username, []);
    const late = [ask(people, ada), ask(people, ada)];
    expect(people.waiting).toBe(3);
    release();
    expect(await early).toEqual(isPresent(ada.username));
    for (const answer of late) expect(await answer).toEqual(isPresent(ada.username, []));
    expect(watched.asked).toEqual({ accounts: [1, 1], sessions: [1, 1] });
    expect(people.waiting).toBe(0);
  });

  test('whose session ends during a round are gone, whatever the round brings', async () => {
    const ada = await signUp(world);
    const release = watched.hold();
    const answer = ask(people, ada);
    await expect.poll(() => watched.asked.sessions).toEqual([1]);
    people.forget(ada.sessionId);
    release();
    expect(await answer).toEqual({ is: 'gone' });
  });

  test('that wait when the hub closes are unknown, and nobody waits for ever', async () => {
    const ada = await signUp(world);
    const release = watched.hold();
    const running = ask(people, ada);
    await expect.poll(() => watched.asked.accounts).toEqual([1]);
    const waiting = ask(people, ada);
    const closing = people.close();
    release();
    await closing;
    expect(await running).toEqual(isPresent(ada.username));
    expect(await waiting).toEqual({ is: 'unknown' });
    expect(await ask(people, ada)).toEqual({ is: 'unknown' });
  });

  test('are unknown where the question itself is a fault of ours, which the log tells', async () => {
    const broken = { findAllById: () => Promise.reject(new Error('a fault of ours')) };
    const others = createPeople({ ...watched, accounts: broken, ...patient });
    expect(await ask(others, await signUp(world))).toEqual({ is: 'unknown' });
    expect(lines.at(-1)).toContain('a fault of ours');
    await others.close();
  });
});

describe('people while the accounts are away', () => {
  test('are who they were, for a while; then they are unknown, and known again when the store is back', {
    timeout: 120_000,
  }, async () => {
    const server = await startOwnPostgres();
    for (const folder of [accountsMigrations, HUB_MIGRATIONS])
      await migrate({ databaseUrl: server.url, folder });
    const world = await openWorld(server.url, openPostgresSessions(server.url), server.remove);
    const [ada, bob, stranger] = [
      await vi.waitFor(() => signUp(world), { timeout: 30_000 }),
      await signUp(world),
      await signUp(world),
    ];
    await world.accounts.setDisabled(bob.username, true);
    const [people, brief] = [
      createPeople({ ...world, ...patient }),
      createPeople({ ...world, ...patient, keptForMs: 0 }),
    ];
    for (const each of [people, brief]) {
      expect(await ask(each, ada)).toEqual(isPresent(ada.username));
      expect(await ask(each, bob)).toEqual({ is: 'gone' });
    }
    await server.crash();
    expect(await ask(people, ada)).toEqual(isPresent(ada.username));
    expect(await ask(people, bob)).toEqual({ is: 'gone' });
    expect(await ask(people, stranger)).toEqual({ is: 'unknown' });
    expect(await ask(brief, ada)).toEqual({ is: 'unknown' });
    // What ended here meanwhile is not what it was.
    people.forget(ada.sessionId);
    expect(await ask(people, ada)).toEqual({ is: 'gone' });
    await server.restart();
    await expect.poll(() => ask(people, stranger)).toEqual(isPresent(stranger.username));
    await expect.poll(() => ask(brief, ada)).toEqual(isPresent(ada.username));
    for (const each of [people, brief]) await each.close();
    await world.close();
  });
});

describeOnOwnRedis('people whose login sessions are away', () => {
  test('are gone at once when their account is, and unknown only where nothing is known', async () => {
    const redis = await startOwnRedis();
    const database = await createTestDatabase(accountsMigrations);
    const world = await openWorld(database.url, openRedisSessions(redis.url), database.drop);
    const [ada, stranger] = [await signUp(world), await signUp(world)];
    const people = createPeople({ ...world, ...patient });
    expect(await ask(people, ada)).toEqual(isPresent(ada.username));
    await redis.kill();
    await world.accounts.setRoles(ada.username, ['readonly']);
    expect(await ask(people, ada)).toEqual(isPresent(ada.username, ['readonly']));
    expect(await ask(people, stranger)).toEqual({ is: 'unknown' });
    await world.accounts.setDisabled(ada.username, true);
    expect(await ask(people, ada)).toEqual({ is: 'gone' });
    await people.close();
    await world.close();
    await redis.stop();
  });

  test('wait no longer than they have to for a store that never answers', async () => {
    const redis = await startOwnRedis();
    const database = await createTestDatabase(accountsMigrations);
    const world = await openWorld(database.url, openRedisSessions(redis.url, 20_000), database.drop);
    const ada = await signUp(world);
    const people = createPeople({ ...world, logger, answerTimeoutMs: 1000 });
    await expect.poll(() => ask(people, ada)).toEqual(isPresent(ada.username));
    redis.freeze();
    expect(await ask(people, ada)).toEqual(isPresent(ada.username));
    redis.thaw();
    await expect.poll(() => ask(people, ada)).toEqual(isPresent(ada.username));
    await people.close();
    await world.close();
    await redis.stop();
  });
});
