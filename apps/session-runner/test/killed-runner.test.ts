// A real runner that is killed, or asked to end, in the middle of journeys.
import { accountsMigrations } from '@trafficflux/accounts';
import { createEventBus, eventBusMigrations } from '@trafficflux/event-bus';
import { migrate } from '@trafficflux/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunnerProcess, startRunnerProcess } from './runner-process.ts';
import { openTestStore, type TestStore } from './sessions.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
  for (const folder of [accountsMigrations, eventBusMigrations])
    await migrate({ databaseUrl: opened.url, folder });
});
afterAll(() => opened.close());

/** Journeys that are still on their way whenever we look. */
const slow = {
  JOURNEY_PAUSE_MIN_MS: '50',
  JOURNEY_PAUSE_MAX_MS: '60',
  JOURNEY_PAGES: '100',
  THREAD_POOL_SIZE: '3',
};

async function startJourneys(runner: RunnerProcess, username: string) {
  const token = await runner.signUp(username);
  const order = { search_keyword: 'keyboard', target_domain: 'https://test.verdic.ai/', thread_count: 4 };
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    const { status, json } = await runner.ask('POST', '/automation/start-multi', order, token);
    expect(status).toBe(200);
    ids.push(json.session_id);
  }
  // Some journeys are being played, and their steps are on their way into the store.
  await expect
    .poll(async () => (await opened.query('SELECT count(*)::int AS n FROM journey_steps'))[0]?.n)
    .toBeGreaterThan(3);
  return { token, ids };
}

async function readEnds(ids: readonly string[]) {
  const rows = await opened.query(
    `SELECT sessions.status AS session, journeys.status AS journey, reason
     FROM sessions JOIN journeys ON session_id = id WHERE id = ANY ($1)`,
    [ids],
  );
  expect(rows).toHaveLength(4 * ids.length);
  return rows;
}

describe('a runner', () => {
  test('killed with -9 in the middle of journeys records all of them as failed when it starts again', async () => {
    const environment = { ...slow, RUNNER_NAME: 'killed:8000' };
    const first = await startRunnerProcess(opened.url, environment);
    const { token, ids } = await startJourneys(first, 'ada');
    expect(await first.end('SIGKILL')).toBeNull();
    expect(new Set((await readEnds(ids)).map(({ session }) => session))).toEqual(new Set(['started']));

    const ended: unknown[] = [];
    const bus = createEventBus({ databaseUrl: opened.url, name: 'test' });
    await bus.subscribe('users.*.automation', { onEvent: ({ data }) => void ended.push(data) });
    const second = await startRunnerProcess(opened.url, environment);
    for (const row of await readEnds(ids))
      expect(row).toEqual({
        session: 'failed',
        journey: 'failed',
        reason: 'The runner ended while it was being played.',
      });
    const { json } = await second.ask('GET', '/auth/my-sessions', undefined, token);
    expect(json.sessions.map(({ status }: { status: string }) => status)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    for (const id of ids)
      expect((await second.ask('GET', `/automation/status/${id}`, undefined, token)).json).toMatchObject({
        status: 'failed',
        total_threads: 4,
        running_threads: 0,
        completed_threads: 4,
      });
    expect((await second.ask('GET', '/automation/config', undefined, token)).json).toMatchObject({
      active_sessions: 0,
    });
    const left = { type: 'session.ended', status: 'failed', threads_completed: 4, total_threads: 4 };
    await expect
      .poll(() => ended)
      .toEqual(
        expect.arrayContaining(ids.map((session_id) => expect.objectContaining({ ...left, session_id }))),
      );
    await bus.close();
    expect(await second.end('SIGTERM')).toBe(0);
  }, 60_000);

  test('that is asked to end stops its journeys, records them, and exits with 0', async () => {
    const runner = await startRunnerProcess(opened.url, { ...slow, RUNNER_NAME: 'asked:8000' });
    const { ids } = await startJourneys(runner, 'bob');
    expect(await runner.end('SIGTERM')).toBe(0);
    for (const { session, journey } of await readEnds(ids)) {
      expect(session).toBe('stopped');
      expect(journey).toBe('stopped');
    }
    expect(await opened.query("SELECT FROM runner_leases WHERE runner LIKE 'asked:8000/%'")).toEqual([]);
  }, 60_000);
});
