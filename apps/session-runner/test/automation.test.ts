// Contracts, sections 3.1 and 3.2: sessions over HTTP, played by real threads against a real site.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Site, startSite } from './journeys/site.ts';
import { describeOnStores, type Service, startService } from './service.ts';

const SHOP = '<title>Shop</title><p>A keyboard.</p><a href="/keyboard">keyboard</a>';

describeOnStores('sessions', (store) => {
  let service: Service;
  let site: Site;
  let user: string;
  let token: string;

  beforeAll(async () => {
    site = await startSite({
      '/': SHOP,
      '/keyboard': '<p>The keyboard.</p>',
      '/hang': () => {},
      '/robots.txt': 'User-agent: *\nAllow: /',
    });
    service = await startService({}, store);
  });
  afterAll(async () => {
    await service.close();
    await site.close();
  });
  beforeEach(async () => {
    user = `user-${randomUUID()}`;
    token = await service.signUp(user);
  });
  // The next test finds all threads free.
  afterEach(() => service.post('/automation/stop', undefined, token));

  const start = (fields: Record<string, unknown> = {}) =>
    service.post(
      '/automation/start',
      { search_keyword: 'keyboard', target_domain: 'https://shop.example/', ...fields },
      token,
    );
  const startMulti = (fields: Record<string, unknown> = {}) =>
    service.post(
      '/automation/start-multi',
      { search_keyword: 'keyboard', target_domain: `${site.origin}/hang`, ...fields },
      token,
    );
  const status = (id: string, as = token) => service.read(`/automation/status/${id}`, as);
  const untilEnded = async (id: string) => {
    await expect.poll(async () => (await status(id)).json.status).not.toBe('running');
    return (await status(id)).json;
  };

  describe('POST /automation/start', () => {
    test('starts a session of one thread, and answers as documented', async () => {
      const answer = await start();
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          status: 'started',
          search_keyword: 'keyboard',
          target_domain: 'https://shop.example/',
          session_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          thread_count: 1,
          user,
          driver: 'dry-run',
        },
      ]);
    });

    test('visits a listed target for real, and says so', async () => {
      const { session_id, driver } = (await start({ target_domain: site.origin })).json;
      expect(driver).toBe('http');
      const ended = await untilEnded(session_id);
      expect(ended).toMatchObject({ status: 'completed', driver: 'http', completed_threads: 1 });
      expect(site.asked).toContain('/keyboard');
    });

    test('ignores a thread_count and other fields that are not its own', async () => {
      const answer = await start({ thread_count: 3, status: 'completed', user: 'x', driver: 'http' });
      expect(answer.json).toMatchObject({ thread_count: 1, status: 'started', user, driver: 'dry-run' });
    });
  });

  describe('POST /automation/start-multi', () => {
    test('starts as many threads as asked for, up to MAX_THREADS', async () => {
      const answer = await startMulti({ thread_count: 4 });
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          status: 'started',
          search_keyword: 'keyboard',
          target_domain: `${site.origin}/hang`,
          session_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          thread_count: 4,
          user,
          driver: 'http',
        },
      ]);
    });

    test('starts one thread where no number is given, and takes a number as text', async () => {
      expect((await startMulti()).json.thread_count).toBe(1);
      for (const thread_count of ['3', ' 3 ', '3.0', 3.0, '+3']) {
        const answer = await startMulti({ thread_count });
        expect([thread_count, answer.status, answer.json.thread_count]).toEqual([thread_count, 200, 3]);
      }
    });

    test.each([
      [5, 'Thread count cannot exceed 4'],
      [1e300, 'Thread count cannot exceed 4'],
      ['5', 'Thread count cannot exceed 4'],
      [0, 'Thread count must be at least 1'],
      [-1, 'Thread count must be at least 1'],
    ])('answers a thread_count of %j with 400 and "%s"', async (thread_count, detail) => {
      const answer = await startMulti({ thread_count });
      expect([answer.status, answer.json]).toEqual([400, { detail }]);
      expect((await service.read('/auth/my-sessions', token)).json.sessions).toEqual([]);
    });

    test('lets a user run several sessions at once', async () => {
      const ids = [await startMulti(), await startMulti()].map(({ json }) => json.session_id);
      const { json } = await service.read('/automation/status', token);
      expect(Object.keys(json.active_sessions)).toEqual(ids);
    });
  });

  describe('GET /automation/status', () => {
    test('is empty for whoever has no active session', async () => {
      const answer = await service.read('/automation/status', token);
      expect([answer.status, answer.json]).toEqual([200, { user, active_sessions: {}, total_sessions: 0 }]);
    });

    test('shows the active sessions as documented', async () => {
      const { session_id } = (await startMulti({ thread_count: 2 })).json;
      const expected = {
        user,
        active_sessions: {
          [session_id]: {
            search_keyword: 'keyboard',
            target_domain: `${site.origin}/hang`,
            thread_count: 2,
            status: 'running',
            running_threads: 2,
            driver: 'http',
          },
        },
        total_sessions: 1,
      };
      await expect
        .poll(async () => (await service.read('/automation/status', token)).json, { timeout: 10_000 })
        .toEqual(expected);
    });

    test('S19 shows nobody the sessions of others', async () => {
      const { session_id } = (await startMulti()).json;
      const other = await service.signUp(`other-${user}`);
      for (const path of ['/automation/status', '/auth/my-sessions']) {
        expect((await service.read(path, other)).text).not.toContain(session_id);
      }
      for (const answer of [
        await status(session_id, other),
        await service.post(`/automation/stop/${session_id}`, undefined, other),
      ]) {
        expect([answer.status, answer.json]).toEqual([403, { detail: 'Access denied to this session' }]);
      }
      await service.post('/automation/stop', undefined, other);
      expect((await status(session_id)).json.status).toBe('running');
    });
  });

  describe('GET /automation/status/{session_id}', () => {
    test('shows a running session as documented', async () => {
      const { session_id } = (await startMulti({ thread_count: 3 })).json;
      await expect
        .poll(async () => (await status(session_id)).json, { timeout: 10_000 })
        .toMatchObject({
          session_id,
          search_keyword: 'keyboard',
          target_domain: `${site.origin}/hang`,
          total_threads: 3,
          running_threads: 3,
          completed_threads: 0,
          status: 'running',
          driver: 'http',
        });
    });

    test('shows what each journey did, with timing, also after the end', async () => {
      const { session_id } = (await startMulti({ target_domain: site.origin, thread_count: 2 })).json;
      const ended = await untilEnded(session_id);
      expect(ended).toMatchObject({ total_threads: 2, running_threads: 0, completed_threads: 2 });
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(ended.journeys).toEqual(
        [1, 2].map((journey) => ({
          journey,
          status: 'completed',
          reason: null,
          started_at: time,
          ended_at: time,
        })),
      );
      for (const journey of [1, 2]) {
        const steps = ended.steps.filter((step: { journey: number }) => step.journey === journey);
        expect(steps.map(({ number }: { number: number }) => number)).toEqual(
          steps.map((_: unknown, index: number) => index + 1),
        );
        expect(steps).toContainEqual({
          journey,
          number: expect.any(Number),
          action: 'follow',
          url: `${site.origin}/keyboard`,
          outcome: 'ok',
          status: 200,
          started_at: time,
          duration_ms: expect.any(Number),
          bytes: 20,
          matches: null,
          note: null,
        });
      }
      expect((await service.read('/automation/status', token)).json.total_sessions).toBe(0);
    });

    test.each(['60f7b5c4d1e2f3a4b5c6d7e8', 'x', '%00', 'a%2Fb', "'--", '{"$ne":null}'])(
      'answers the unknown id %s with 404',
      async (id) => {
        const answer = await status(encodeURI(decodeURIComponent(id)).replace('/', '%2F'));
        expect([answer.status, answer.json]).toEqual([404, { detail: 'Session not found' }]);
      },
    );
  });

  describe('POST /automation/stop/{session_id}', () => {
    test('stops a session that hangs, after which it is gone', async () => {
      const { session_id } = (await startMulti({ thread_count: 3 })).json;
      const answer = await service.post(`/automation/stop/${session_id}`, undefined, token);
      expect([answer.status, answer.json]).toEqual([
        200,
        { status: 'stopped', session_id, threads_completed: 3, total_threads: 3, user },
      ]);
      const gone = await status(session_id);
      expect([gone.status, gone.json]).toEqual([404, { detail: 'Session not found' }]);
      const again = await service.post(`/automation/stop/${session_id}`, undefined, token);
      expect(again.status).toBe(404);
      const { sessions } = (await service.read('/auth/my-sessions', token)).json;
      expect(sessions).toMatchObject([{ _id: session_id, status: 'stopped' }]);
    });

    test('answers an unknown id with 404', async () => {
      const answer = await service.post('/automation/stop/60f7b5c4d1e2f3a4b5c6d7e8', undefined, token);
      expect([answer.status, answer.json]).toEqual([404, { detail: 'Session not found' }]);
    });
  });

  describe('POST /automation/stop', () => {
    test('stops every active session of the user, whatever comes as a body', async () => {
      const ids = [await startMulti(), await startMulti({ thread_count: 2 })].map(
        ({ json }) => json.session_id,
      );
      const answer = await service.ask({
        method: 'POST',
        url: '/automation/stop',
        payload: 'not json',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      });
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          status: 'stopped',
          message: 'Stopped 2 session(s)',
          sessions: ids.map((session_id, index) => ({
            status: 'stopped',
            session_id,
            threads_completed: index + 1,
            total_threads: index + 1,
            user,
          })),
          user,
        },
      ]);
      expect((await service.read('/automation/status', token)).json.total_sessions).toBe(0);
    });

    test('answers 200 and an error in words where nothing is active', async () => {
      const answer = await service.post('/automation/stop', undefined, token);
      expect([answer.status, answer.json]).toEqual([
        200,
        { status: 'error', message: 'No active sessions found for user.' },
      ]);
    });
  });

  describe('GET /automation/config', () => {
    test('counts the sessions and the threads of all users', async () => {
      const config = async () => (await service.read('/automation/config', token)).json;
      const idle = { max_threads: 4, thread_pool_size: 4, active_sessions: 0, available_threads: 4 };
      expect(await config()).toEqual(idle);
      const other = await service.signUp(`other-${user}`);
      const target_domain = `${site.origin}/hang`;
      await service.start(other, { target_domain, thread_count: 3 });
      expect(await config()).toEqual({ ...idle, active_sessions: 1, available_threads: 1 });
      await startMulti({ thread_count: 4 });
      expect(await config()).toEqual({ ...idle, active_sessions: 2, available_threads: 0 });
      await service.post('/automation/stop', undefined, other);
      await service.post('/automation/stop', undefined, token);
      expect(await config()).toEqual(idle);
    });
  });

  describe('GET /auth/my-sessions', () => {
    const list = (query = '') => service.read(`/auth/my-sessions${query}`, token);

    test('is empty for a new user', async () => {
      const answer = await list();
      expect([answer.status, answer.json]).toEqual([200, { sessions: [] }]);
    });

    test('shows the newest first, in the documented shape', async () => {
      const ids = [await start(), await start()].map(({ json }) => json.session_id);
      const { sessions } = (await list()).json;
      expect(sessions.map(({ _id }: { _id: string }) => _id)).toEqual(ids.reverse());
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(sessions[0]).toEqual({
        _id: ids[0],
        user_id: user,
        search_keyword: 'keyboard',
        target_domain: 'https://shop.example/',
        status: expect.stringMatching(/^(started|completed)$/),
        created_at: time,
        updated_at: time,
        driver: 'dry-run',
      });
    });

    test('S40 shows ten unless asked for up to 100', async () => {
      for (let session = 0; session < 12; session++) await start();
      expect((await list()).json.sessions).toHaveLength(10);
      expect((await list('?limit=12')).json.sessions).toHaveLength(12);
      expect((await list('?limit=1')).json.sessions).toHaveLength(1);
      expect((await list('?limit=100')).json.sessions).toHaveLength(12);
    });

    test('S25 takes the last of a repeated key, and ignores other keys', async () => {
      for (let session = 0; session < 3; session++) await start();
      expect((await list('?limit=5&limit=2')).json.sessions).toHaveLength(2);
      expect((await list('?limit[]=2&limit[x]=1&x=1')).json.sessions).toHaveLength(3);
    });

    test.each([
      ['0', 'greater_than_equal', 'Input should be greater than or equal to 1'],
      ['-1', 'greater_than_equal', 'Input should be greater than or equal to 1'],
      ['101', 'less_than_equal', 'Input should be less than or equal to 100'],
      ['x', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
      ['', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
      ['1.5', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ])('answers ?limit=%s with 422', async (input, type, msg) => {
      const answer = await list(`?limit=${input}`);
      expect([answer.status, answer.json]).toEqual([
        422,
        { detail: [{ type, loc: ['query', 'limit'], msg, input }] },
      ]);
    });
  });

  test('S26 keeps quotes and SQL in a keyword, and gives them back verbatim', async () => {
    const search_keyword = `  '); DROP TABLE sessions;-- {"$ne":null} "ü" 😀 `;
    const { session_id } = (await start({ search_keyword })).json;
    expect((await status(session_id)).json.search_keyword).toBe(search_keyword);
    const { sessions } = (await service.read('/auth/my-sessions', token)).json;
    expect(sessions[0].search_keyword).toBe(search_keyword);
  });
});
