// What every store of login sessions keeps to. Each side runs it on a real server.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoginSession, LoginSessionStore } from '../src/login-sessions/login-session-store.ts';

export interface StoreUnderTest {
  readonly store: LoginSessionStore;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** A session of a user of its own. */
export function newLoginSession(fields: Partial<LoginSession> = {}): LoginSession {
  const createdAt = Date.now();
  return {
    id: randomUUID(),
    userId: `user_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    createdAt,
    expiresAt: createdAt + HOUR_MS,
    ...fields,
  };
}

/** Sessions of one user, each a second younger than the one before. */
export function newLoginSessions(count: number): LoginSession[] {
  const { userId, createdAt } = newLoginSession();
  return Array.from({ length: count }, (_, index) =>
    newLoginSession({ userId, createdAt: createdAt - (count - index) * 1000 }),
  );
}

const NO_IDS = [
  '',
  'x',
  "'; DROP TABLE login_sessions; --",
  '*',
  'a\u0000',
  '\ud800',
  randomUUID().toUpperCase(),
];

export function testLoginSessionStore(open: () => Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest;
  let store: LoginSessionStore;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());

  const idsOf = (sessions: readonly LoginSession[]) => sessions.map(({ id }) => id);
  const liveOf = async (sessions: readonly LoginSession[]) => {
    const live = await store.findLive(idsOf(sessions));
    return idsOf(sessions).map((id) => live.has(id));
  };

  test('keeps a session as it was given, until it is ended', async () => {
    const session = newLoginSession();
    expect(await store.create(session, 0)).toEqual([]);
    expect(await store.find(session.id)).toEqual(session);
    expect(await store.findLive([session.id])).toEqual(new Set([session.id]));
    expect(await store.end(session.id)).toBe(true);
    expect(await store.find(session.id)).toBeNull();
    expect(await store.findLive([session.id])).toEqual(new Set());
    expect(await store.end(session.id)).toBe(false);
  });

  test('finds those of many that are there, with one question', async () => {
    const sessions = Array.from({ length: 20 }, () => newLoginSession());
    await Promise.all(sessions.map((session) => store.create(session, 0)));
    await store.end(sessions[3]?.id ?? '');
    const strangers = Array.from({ length: 5000 }, () => randomUUID());
    const live = await store.findLive([...strangers, ...idsOf(sessions), ...idsOf(sessions), ...NO_IDS]);
    expect([...live].toSorted()).toEqual(idsOf(sessions.toSpliced(3, 1)).toSorted());
    expect(await store.findLive([])).toEqual(new Set());
    expect(await store.findLive(NO_IDS)).toEqual(new Set());
  });

  test('tells exactly one of fifty that end a session at once that they did', async () => {
    const session = newLoginSession();
    await store.create(session, 0);
    const ended = await Promise.all(Array.from({ length: 50 }, () => store.end(session.id)));
    expect(ended.filter(Boolean)).toHaveLength(1);
  });

  test.each(NO_IDS)('S24 finds nothing by %j, and ends nothing', async (id) => {
    const bystander = newLoginSession();
    await store.create(bystander, 0);
    expect(await store.find(id)).toBeNull();
    expect(await store.end(id)).toBe(false);
    expect(await store.find(bystander.id)).toEqual(bystander);
  });

  test('S24 S26 finds nothing by what is no text', async () => {
    for (const id of [undefined, null, 5, {}, { $ne: null }, [randomUUID()]] as unknown as string[]) {
      expect(await store.find(id)).toBeNull();
      expect(await store.end(id)).toBe(false);
      expect(await store.findLive([id])).toEqual(new Set());
    }
  });

  test('forgets a session when its time is over', async () => {
    const over = newLoginSession({ expiresAt: Date.now() - 1000 });
    expect(await store.create(over, 0)).toEqual([]);
    const brief = newLoginSession({ expiresAt: Date.now() + 1500 });
    await store.create(brief, 0);
    const lasting = newLoginSession({ userId: brief.userId });
    await store.create(lasting, 0);
    expect(await liveOf([over, lasting])).toEqual([false, true]);
    expect(await store.find(over.id)).toBeNull();
    expect(await store.end(over.id)).toBe(false);
    await expect.poll(() => store.find(brief.id)).toBeNull();
    expect(await liveOf([brief, lasting])).toEqual([false, true]);
    expect(await store.end(brief.id)).toBe(false);
  });

  test('S40 ends the oldest of a user beyond the limit, and says which', async () => {
    const stranger = newLoginSession();
    await store.create(stranger, 0);
    const [a, b, c, d] = newLoginSessions(4) as [LoginSession, LoginSession, LoginSession, LoginSession];
    // Not in the order of their age.
    for (const session of [b, a]) expect(await store.create(session, 2)).toEqual([]);
    expect(await store.create(c, 2)).toEqual([a.id]);
    expect(await liveOf([a, b, c, stranger])).toEqual([false, true, true, true]);
    await store.end(b.id);
    expect(await store.create(d, 2)).toEqual([]);
    expect(await liveOf([b, c, d])).toEqual([false, true, true]);
  });

  test('S40 ends several where the limit was higher before, and never the new one', async () => {
    const sessions = newLoginSessions(6);
    for (const session of sessions) await store.create(session, 0);
    // A clock that runs behind made it.
    const last = newLoginSession({
      userId: sessions[0]?.userId ?? '',
      createdAt: Date.now() - HOUR_MS / 2,
    });
    expect([...(await store.create(last, 2))].toSorted()).toEqual(idsOf(sessions.slice(0, 5)).toSorted());
    expect(await liveOf([...sessions, last])).toEqual([false, false, false, false, false, true, true]);
    const next = newLoginSession({ userId: last.userId });
    expect([...(await store.create(next, 1))].toSorted()).toEqual(
      [last.id, sessions[5]?.id ?? ''].toSorted(),
    );
  });

  test('S40 counts no session whose time is over', async () => {
    const old = newLoginSession({ expiresAt: Date.now() + 1000 });
    await store.create(old, 0);
    const kept = newLoginSession({ userId: old.userId, createdAt: old.createdAt - 5000 });
    await store.create(kept, 0);
    await expect.poll(() => store.find(old.id)).toBeNull();
    const next = newLoginSession({ userId: old.userId });
    expect(await store.create(next, 2)).toEqual([]);
    expect(await liveOf([kept, next])).toEqual([true, true]);
  });

  test('S40 leaves no more than the limit of twenty logins at once', async () => {
    const sessions = newLoginSessions(20);
    const ended = await Promise.all(sessions.map((session) => store.create(session, 3)));
    const live = (await liveOf(sessions)).filter(Boolean);
    expect(live).toHaveLength(3);
    expect(new Set(ended.flat()).size).toBe(17);
  });

  test('answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
}
