// Two real runners on one store: a session can be seen and stopped at either.
import { accountsMigrations } from '@trafficflux/accounts';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrate } from '@trafficflux/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunnerProcess, startRunnerProcess } from './runner-process.ts';
import { openTestStore, type TestStore } from './sessions.ts';

/** Journeys that are still on their way whenever we look. */
const slow = { JOURNEY_PAUSE_MIN_MS: '50', JOURNEY_PAUSE_MAX_MS: '60', JOURNEY_PAGES: '100' };
const order = { search_keyword: 'keyboard', target_domain: 'https://test.verdic.ai/', thread_count: 2 };

describe('a session', { timeout: 60_000 }, () => {
  let opened: TestStore;
  let player: RunnerProcess;
  let asked: RunnerProcess;
  beforeAll(async () => {
    opened = await openTestStore();
    for (const folder of [accountsMigrations, eventBusMigrations])
      await migrate({ databaseUrl: opened.url, folder });
    const start = (RUNNER_NAME: string) => startRunnerProcess(opened.url, { ...slow, RUNNER_NAME });
    [player, asked] = await Promise.all([start('player:8000'), start('asked:8000')]);
  });
  afterAll(async () => {
    await Promise.all([player.end('SIGTERM'), asked.end('SIGTERM')]);
    await opened.close();
  });

  const start = async (runner: RunnerProcess, token: string): Promise<string> =>
    (await runner.ask('POST', '/automation/start-multi', order, token)).json.session_id;
  const read = async (runner: RunnerProcess, path: string, token: string) =>
    (await runner.ask('GET', path, undefined, token)).json;
  const statusOf = async (id: string) =>
    (await opened.query('SELECT status FROM sessions WHERE id = $1', [id]))[0]?.status;
  const isPlayed = (token: string) =>
    expect
      .poll(async () => Object.values((await read(asked, '/automation/status', token)).active_sessions))
      .toMatchObject([{ status: 'running', thread_count: 2, running_threads: 2 }]);

  test('is seen at the runner that does not play it, and stopped there by its user alone', async () => {
    const [ada, bob] = [await player.signUp('ada'), await player.signUp('bob')];
    const id = await start(player, ada);
    await isPlayed(ada);
    expect(await read(asked, '/automation/config', ada)).toMatchObject({
      active_sessions: 1,
      available_threads: 10,
    });
    expect(await asked.ask('POST', `/automation/stop/${id}`, undefined, bob)).toMatchObject({ status: 403 });

    const stop = await asked.ask('POST', `/automation/stop/${id}`, undefined, ada);
    expect(stop).toEqual({
      status: 200,
      json: { status: 'stopped', session_id: id, threads_completed: 2, total_threads: 2, user: 'ada' },
    });
    expect(await statusOf(id)).toBe('stopped');
    for (const runner of [player, asked]) {
      await expect
        .poll(() => read(runner, '/automation/config', ada))
        .toMatchObject({ active_sessions: 0, available_threads: 10 });
      expect(await read(runner, '/automation/status', ada)).toMatchObject({ total_sessions: 0 });
      expect(await runner.ask('GET', `/automation/status/${id}`, undefined, ada)).toMatchObject({
        status: 404,
      });
    }
  });

  test('is stopped with those of the other runner, by one call', async () => {
    const token = await player.signUp('eve');
    const ids = [await start(player, token), await start(asked, token)];
    const { json } = await asked.ask('POST', '/automation/stop', undefined, token);
    expect(json).toMatchObject({ status: 'stopped', message: 'Stopped 2 session(s)' });
    for (const id of ids) await expect.poll(() => statusOf(id)).toBe('stopped');
  });

  test('whose runner was killed is stopped all the same', async () => {
    const killed = await startRunnerProcess(opened.url, { ...slow, RUNNER_NAME: 'killed:8000' });
    const token = await asked.signUp('kim');
    const id = await start(killed, token);
    await isPlayed(token);
    await killed.end('SIGKILL');
    expect(await asked.ask('POST', `/automation/stop/${id}`, undefined, token)).toMatchObject({
      status: 200,
      json: { status: 'stopped', threads_completed: 2, total_threads: 2 },
    });
    expect(await statusOf(id)).toBe('stopped');
  });
});
