// What every session store promises. Each side runs this suite on a real server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JourneyEnd, JourneyStep } from '../src/journeys/journey.ts';
import { createSessionId } from '../src/sessions/session-id.ts';
import type { NewSession, SessionStore, SessionWrite } from '../src/sessions/session-store.ts';

export interface OpenedStore {
  readonly store: SessionStore;
  close(): Promise<void>;
}

let moment = Date.parse('2026-11-28T10:00:00.000Z');
const nextMoment = () => new Date(moment++);
let names = 0;
const newName = (kind: string) => `${kind}-${++names}`;

export function newSession(fields: Partial<NewSession> = {}): NewSession {
  return {
    id: createSessionId(),
    userId: newName('user'),
    searchKeyword: 'precision mechanical keyboard-kb1001',
    targetDomain: 'https://test.verdic.ai/products/keyboard.html',
    threadCount: 2,
    driver: 'dry-run',
    runner: newName('runner/1'),
    createdAt: nextMoment(),
    ...fields,
  };
}

export function newStep(number: number, fields: Partial<JourneyStep> = {}): JourneyStep {
  return {
    number,
    action: 'visit',
    url: 'https://test.verdic.ai/',
    outcome: 'ok',
    status: 200,
    startedAtMs: 1_764_324_000_000.25 + number,
    durationMs: 12.345,
    bytes: 5_000_000_000,
    matches: 3,
    note: null,
    ...fields,
  };
}

const at = new Date('2026-11-28T11:00:00.500Z');
const started = (sessionId: string, journey = 1): SessionWrite => ({
  type: 'journey-started',
  sessionId,
  journey,
  at,
});
const step = (sessionId: string, journey: number, number: number, fields?: Partial<JourneyStep>) =>
  ({ type: 'step', sessionId, journey, step: newStep(number, fields) }) satisfies SessionWrite;
const journeyEnded = (sessionId: string, journey: number, end: JourneyEnd): SessionWrite => ({
  type: 'journey-ended',
  sessionId,
  journey,
  end,
  at,
});
const sessionEnded = (sessionId: string, status: 'stopped' | 'completed' | 'failed'): SessionWrite => ({
  type: 'session-ended',
  sessionId,
  status,
  reason: 'It has no end of its own.',
  at,
});

export function describeSessionStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: SessionStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened?.close());

    async function create(fields: Partial<NewSession> = {}): Promise<NewSession> {
      const session = newSession(fields);
      await store.create(session);
      return session;
    }
    /** Everything that is stored of a session. */
    const read = async (id: string) => ({
      session: await store.find(id),
      journeys: await store.listJourneys(id),
    });

    test('keeps a new session as started, with its journeys waiting', async () => {
      const session = await create({ threadCount: 3, driver: 'http' });
      expect(await store.find(session.id)).toEqual({
        ...session,
        status: 'started',
        updatedAt: session.createdAt,
      });
      expect(await store.listJourneys(session.id)).toEqual(
        [1, 2, 3].map((journey) => ({ journey, startedAt: null, endedAt: null, end: null, steps: [] })),
      );
    });

    test('gives text back as it came', async () => {
      const text = `'; DROP TABLE sessions; -- "$ne" {{x}} 😀 ${'ü'.repeat(500)}`;
      const session = await create({ searchKeyword: text, userId: text, targetDomain: text });
      expect(await store.find(session.id)).toMatchObject({
        searchKeyword: text,
        userId: text,
        targetDomain: text,
      });
      expect(await store.listByUser(text, 10)).toHaveLength(1);
    });

    test('knows no session by an id that is none', async () => {
      for (const id of ['', 'x', 'f'.repeat(24), 'F'.repeat(24), '\0', '{"$ne":null}']) {
        expect(await store.find(id)).toBeNull();
        expect(await store.listJourneys(id)).toEqual([]);
      }
    });

    test('keeps every field of a step, in order, with its timing', async () => {
      const { id } = await create();
      const steps = [
        newStep(1),
        newStep(2, {
          action: 'pause',
          url: null,
          outcome: 'rehearsed',
          status: null,
          bytes: null,
          matches: null,
        }),
        newStep(3, { outcome: 'failed', note: 'The target did not answer.' }),
      ];
      await store.write([
        started(id),
        ...steps.map((one) => ({ type: 'step', sessionId: id, journey: 1, step: one }) as const),
        journeyEnded(id, 1, { status: 'completed' }),
      ]);
      const [first, second] = await store.listJourneys(id);
      expect(first).toEqual({ journey: 1, startedAt: at, endedAt: at, end: { status: 'completed' }, steps });
      expect(second).toMatchObject({ startedAt: null, end: null, steps: [] });
      const session = await store.find(id);
      expect(session?.status).toBe('started');
      expect(session?.updatedAt.getTime()).toBeGreaterThan(session?.createdAt.getTime() ?? 0);
    });

    test('stores text that a target made unstorable', async () => {
      const { id } = await create();
      await store.write([step(id, 1, 1, { note: 'NUL \0 and half a pair \ud800.', url: 'http://h/\0' })]);
      const [first] = await store.listJourneys(id);
      expect(first?.steps[0]).toMatchObject({
        note: 'NUL \ufffd and half a pair \ufffd.',
        url: 'http://h/\ufffd',
      });
    });

    test('keeps the reason of a failure', async () => {
      const { id } = await create({ threadCount: 1 });
      const end = { status: 'failed', reason: 'The thread ended with code 1.' } as const;
      await store.write([started(id), journeyEnded(id, 1, end), sessionEnded(id, 'failed')]);
      const { session, journeys } = await read(id);
      expect(session).toMatchObject({ status: 'failed', updatedAt: at });
      expect(journeys[0]?.end).toEqual(end);
    });

    test('changes nothing when a batch is repeated', async () => {
      const { id } = await create();
      const batches: SessionWrite[][] = [
        [started(id), step(id, 1, 1), step(id, 1, 2)],
        [step(id, 1, 3), journeyEnded(id, 1, { status: 'completed' }), started(id, 2)],
        [journeyEnded(id, 2, { status: 'stopped' }), sessionEnded(id, 'completed')],
      ];
      for (const batch of batches) {
        await store.write(batch);
        const once = await read(id);
        await store.write(batch);
        expect(await read(id)).toEqual(once);
      }
      const { journeys } = await read(id);
      expect(journeys[0]?.steps.map(({ number }) => number)).toEqual([1, 2, 3]);
    });

    test('never changes an ended session again', async () => {
      const { id, runner } = await create();
      await store.write([started(id), step(id, 1, 1), journeyEnded(id, 1, { status: 'completed' })]);
      await store.write([journeyEnded(id, 2, { status: 'stopped' }), sessionEnded(id, 'stopped')]);
      const ended = await read(id);
      await store.write([
        step(id, 1, 2),
        journeyEnded(id, 2, { status: 'failed', reason: 'late' }),
        sessionEnded(id, 'failed'),
      ]);
      await store.failAbandoned({ runner, beat: 0 }, 'late');
      expect(await read(id)).toEqual(ended);
    });

    test('leaves out what comes after an end in the same batch', async () => {
      const { id } = await create({ threadCount: 1 });
      await store.write([
        started(id),
        journeyEnded(id, 1, { status: 'completed' }),
        journeyEnded(id, 1, { status: 'failed', reason: 'late' }),
        sessionEnded(id, 'completed'),
        step(id, 1, 1),
        sessionEnded(id, 'failed'),
      ]);
      const { session, journeys } = await read(id);
      expect(session?.status).toBe('completed');
      expect(journeys).toEqual([
        { journey: 1, startedAt: at, endedAt: at, end: { status: 'completed' }, steps: [] },
      ]);
    });

    test('gives journeys without an end of their own the reason of the session', async () => {
      const { id } = await create();
      await store.write([journeyEnded(id, 1, { status: 'completed' }), sessionEnded(id, 'failed')]);
      const { journeys } = await read(id);
      expect(journeys.map(({ end }) => end)).toEqual([
        { status: 'completed' },
        { status: 'failed', reason: 'It has no end of its own.' },
      ]);
      expect(journeys[1]?.endedAt).toEqual(at);
    });

    test('takes writes of many sessions, known and unknown, in one batch', async () => {
      const sessions = await Promise.all(Array.from({ length: 30 }, () => create({ threadCount: 1 })));
      await store.write([
        ...sessions.map(({ id }) => started(id)),
        step('f'.repeat(24), 1, 1),
        ...sessions.flatMap(({ id }) => [step(id, 1, 1), step(id, 1, 2)]),
        ...sessions.flatMap(({ id }) => [
          journeyEnded(id, 1, { status: 'completed' }),
          sessionEnded(id, 'completed'),
        ]),
      ]);
      for (const { id } of sessions) {
        const { session, journeys } = await read(id);
        expect(session?.status).toBe('completed');
        expect(journeys[0]?.steps).toHaveLength(2);
      }
      expect(await store.find('f'.repeat(24))).toBeNull();
    });

    test('holds more than 100 KB of steps of one journey', async () => {
      const { id } = await create({ threadCount: 1 });
      const note = 'x'.repeat(1000);
      await store.write(Array.from({ length: 300 }, (_, index) => step(id, 1, index + 1, { note })));
      const [journey] = await store.listJourneys(id);
      expect(journey?.steps).toHaveLength(300);
      expect(journey?.steps.every((one, index) => one.number === index + 1 && one.note === note)).toBe(true);
    });

    test("lists a user's sessions, the newest first, of equal times the greater id first", async () => {
      const userId = newName('lister');
      const same = nextMoment();
      const early = await create({ userId });
      const equal = [];
      for (let count = 0; count < 5; count++) equal.push(await create({ userId, createdAt: same }));
      const late = await create({ userId });
      await create();
      const expected = [late, early, ...equal.toReversed()].map(({ id }) => id);
      const listed = async (limit: number) => (await store.listByUser(userId, limit)).map(({ id }) => id);
      expect(await listed(100)).toEqual(expected);
      expect(await listed(4)).toEqual(expected.slice(0, 4));
      expect(await store.listByUser(newName('nobody'), 10)).toEqual([]);
    });

    test('lists what a user has started and not ended, whoever plays it, with what is recorded', async () => {
      const userId = newName('active');
      const [ended, one, two] = [
        await create({ userId }),
        await create({ userId, threadCount: 3 }),
        await create({ userId }),
      ];
      await create();
      await store.write([
        sessionEnded(ended.id, 'completed'),
        started(one.id, 1),
        started(one.id, 2),
        journeyEnded(one.id, 2, { status: 'completed' }),
        journeyEnded(one.id, 3, { status: 'stopped' }),
      ]);
      expect(await store.listActive(userId)).toMatchObject([
        { ...one, status: 'started', runningThreads: 1, completedThreads: 2 },
        { ...two, status: 'started', runningThreads: 0, completedThreads: 0 },
      ]);
      expect(await store.listActive(newName('nobody'))).toEqual([]);
    });

    test('counts what others than a runner have started', async () => {
      const runner = newName('runner/1');
      const before = await store.countElsewhere(runner);
      const { id } = await create();
      await create({ runner });
      expect(await store.countElsewhere(runner)).toBe(before + 1);
      await store.write([sessionEnded(id, 'completed')]);
      expect(await store.countElsewhere(runner)).toBe(before);
    });

    test('lists what a runner has started and not ended', async () => {
      const runner = newName('runner/1');
      const [ended, one, two] = [
        await create({ runner }),
        await create({ runner }),
        await create({ runner }),
      ];
      await store.write([sessionEnded(ended.id, 'completed')]);
      expect((await store.listStarted(runner)).toSorted()).toEqual([one.id, two.id].toSorted());
    });

    describe('leases', () => {
      const ownersOf = async (runner: string) =>
        (await store.listOwners()).filter((owner) => owner.runner === runner);

      test('count the beats of whoever has started sessions', async () => {
        const runner = newName('runner/1');
        expect(await store.renewLease(runner)).toBe(true);
        expect(await ownersOf(runner)).toEqual([]);
        await create({ runner });
        expect(await ownersOf(runner)).toEqual([{ runner, beat: 1 }]);
        expect(await store.renewLease(runner)).toBe(true);
        expect(await ownersOf(runner)).toEqual([{ runner, beat: 2 }]);
      });

      test('of a silent runner fail its sessions and journeys, each with the reason', async () => {
        const runner = newName('runner/1');
        await store.renewLease(runner);
        const { id, userId } = await create({ runner, threadCount: 3 });
        const other = await create();
        await store.write([
          started(id),
          journeyEnded(id, 1, { status: 'completed' }),
          started(id, 2),
          step(id, 2, 1),
        ]);
        expect(await store.failAbandoned({ runner, beat: 1 }, 'The runner was killed.')).toEqual([
          { id, userId, threadCount: 3 },
        ]);
        const { session, journeys } = await read(id);
        expect(session?.status).toBe('failed');
        expect(journeys.map(({ end }) => end)).toEqual([
          { status: 'completed' },
          { status: 'failed', reason: 'The runner was killed.' },
          { status: 'failed', reason: 'The runner was killed.' },
        ]);
        expect(journeys[1]?.steps).toHaveLength(1);
        expect((await store.find(other.id))?.status).toBe('started');
        expect(await store.failAbandoned({ runner, beat: 1 }, 'again')).toEqual([]);
      });

      test('renewed meanwhile save the sessions', async () => {
        const runner = newName('runner/1');
        await store.renewLease(runner);
        const { id } = await create({ runner });
        await store.renewLease(runner);
        expect(await store.failAbandoned({ runner, beat: 1 }, 'late')).toEqual([]);
        expect((await store.find(id))?.status).toBe('started');
        expect(await store.renewLease(runner)).toBe(true);
      });

      test('tell once whoever was given up', async () => {
        const runner = newName('runner/1');
        await store.renewLease(runner);
        await create({ runner });
        await store.failAbandoned({ runner, beat: 1 }, 'silent');
        expect(await store.renewLease(runner)).toBe(false);
        expect(await store.renewLease(runner)).toBe(true);
      });

      test('are not needed to be given up', async () => {
        const { id, runner } = await create();
        expect(await ownersOf(runner)).toEqual([{ runner, beat: 0 }]);
        expect(await store.failAbandoned({ runner, beat: 0 }, 'It never renewed.')).toMatchObject([{ id }]);
        expect(await store.renewLease(runner)).toBe(false);
      });

      test('go when they are dropped', async () => {
        const runner = newName('runner/1');
        await store.renewLease(runner);
        await store.dropLease(runner);
        await create({ runner });
        expect(await ownersOf(runner)).toEqual([{ runner, beat: 0 }]);
      });
    });

    test('answers a ping', async () => {
      await store.ping();
    });
  });
}
