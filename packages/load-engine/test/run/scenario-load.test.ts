import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  defineScenario,
  hasFailures,
  type Requests,
  type Response,
  runLoad,
  startLoad,
} from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

const ENGINE = new URL('../../src/index.ts', import.meta.url).href;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadspiker-'));
});

/** A scenario as users have it: a file. */
async function scenarioFile(name: string, definition: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    `import { defineScenario } from '${ENGINE}';\nexport default defineScenario(${definition});\n`,
  );
  return file;
}

describe('a scenario', () => {
  it('counts each step under its name, exactly as the server did, over threads', async () => {
    const server = await startCountingServer((request, response) =>
      response.end(JSON.stringify({ url: request.url })),
    );
    const scenario = await scenarioFile(
      'counted.ts',
      `{
        name: 'counted',
        state: () => ({ visits: 0 }),
        onStart: (user) => user.post('/start', { json: { index: user.index } }),
        tasks: [
          { name: 'page', weight: 3, run: async (user) => {
            user.state.visits += 1;
            const page = await user.get('/page/' + user.state.visits, { name: 'GET /page/{id}' });
            if (page.json().url !== '/page/' + user.state.visits) throw new Error('wrong page');
          } },
          { name: 'item', run: (user) => user.delete('/item') },
        ],
      }`,
    );
    const summary = await runLoad({
      scenario,
      host: server.url,
      users: 6,
      iterations: 400,
      workerThreads: 2,
    });
    const counts = Object.fromEntries(summary.steps.map((step) => [step.name, step.requests]));
    const pages = [...server.counts].filter(([key]) => key.startsWith('GET /page/'));
    expect(counts).toEqual({
      'POST /start': 6,
      'GET /page/{id}': pages.reduce((sum, [, count]) => sum + count, 0),
      'DELETE /item': server.counts.get('DELETE /item'),
    });
    expect(summary.iterations).toBe(400);
    expect(summary.total.requests).toBe(406);
    expect(server.bodies.map((body) => JSON.parse(body).index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(summary.exceptions).toBe(0);
  });

  it('runs setup once before, teardown once after, and hands what setup made to every user', async () => {
    const server = await startCountingServer();
    const scenario = await scenarioFile(
      'stages.mts',
      `{
        name: 'stages',
        options: { greeting: 'hello' },
        setup: async (run) => { await run.post('/setup'); return { path: '/' + run.options.greeting }; },
        tasks: [{ name: 'use', run: (user) => user.get(user.shared.path) }],
        teardown: (run) => run.post('/teardown'),
        report: (summary) => ['saw ' + summary.total.requests],
      }`,
    );
    const options = { greeting: 'moin' };
    const summary = await runLoad({
      scenario,
      host: server.url,
      users: 4,
      iterations: 8,
      workerThreads: 2,
      options,
    });
    expect(Object.fromEntries(server.counts)).toEqual({
      'POST /setup': 1,
      'GET /moin': 8,
      'POST /teardown': 1,
    });
    expect(summary.total.requests).toBe(10);
    expect(summary.report).toEqual(['saw 10']);
  });

  it('draws the same tasks again for the same seed, on however many threads', async () => {
    const scenario = await scenarioFile(
      'seeded.ts',
      `{ name: 'seeded', tasks: [
        { name: 'a', weight: 2, run: (user) => user.get('/a/' + user.index) },
        { name: 'b', run: (user) => user.get('/b/' + user.index + '/' + user.randomInt(1, 6)) },
      ] }`,
    );
    // One iteration per user: which user gets a further one would be a matter of timing.
    const visit = async (workerThreads: number, seed: number): Promise<Record<string, number>> => {
      const server = await startCountingServer();
      await runLoad({ scenario, host: server.url, users: 1, iterations: 60, workerThreads, seed });
      return Object.fromEntries([...server.counts].sort());
    };
    const first = await visit(1, 42);
    expect(await visit(2, 42)).toEqual(first);
    expect(await visit(1, 43)).not.toEqual(first);
  });

  it('counts exceptions of its code as errors and goes on', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'throwing',
      onStart: () => {
        throw new Error('no start');
      },
      tasks: [
        {
          name: 'fragile',
          run: async (user) => {
            await user.get('/');
            throw new RangeError('out of luck');
          },
        },
      ],
    });
    const summary = await runLoad({ scenario, host: server.url, users: 2, iterations: 4 });
    expect(summary.errors).toEqual([
      { step: 'fragile', kind: 'exception', message: 'out of luck', count: 4 },
      { step: 'onStart', kind: 'exception', message: 'no start', count: 2 },
    ]);
    expect(summary.total).toMatchObject({ requests: 4, failures: 0 });
    expect(server.total()).toBe(4);
  });

  it('starts every user although the state of each throws', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'stateless',
      state: () => {
        throw new Error('no state');
      },
      tasks: [{ name: 't', run: (user) => user.get('/') }],
    });
    const summary = await runLoad({ scenario, host: server.url, users: 3, iterations: 9 });
    expect(summary.errors).toEqual([{ step: 'state', kind: 'exception', message: 'no state', count: 3 }]);
    expect(server.total()).toBe(9);
  });

  it('survives errors that its code lets slip past its tasks', async () => {
    const server = await startCountingServer();
    const scenario = await scenarioFile(
      'stray.ts',
      `{ name: 'stray', tasks: [{ name: 't', run: async (user) => {
        Promise.reject(new Error('forgotten'));
        setTimeout(() => { throw new Error('late'); });
        await user.sleep(5);
        await user.get('/');
      } }] }`,
    );
    const summary = await runLoad({ scenario, host: server.url, iterations: 3 });
    expect(summary.total).toMatchObject({ requests: 3, failures: 0 });
    expect(summary.errors.map(({ message, count }) => [message, count]).sort()).toEqual([
      ['forgotten', 3],
      ['late', 3],
    ]);
  });

  it('ends on time with tasks that wait for nothing, throw at once or never settle', async () => {
    const endless = new Promise(() => {});
    for (const run of [() => {}, () => Promise.reject(new Error('no')), () => endless]) {
      const scenario = defineScenario({ name: 'odd', tasks: [{ name: 'odd', run }] });
      const summary = await runLoad({ scenario, users: 3, durationMs: 50, graceMs: 50 });
      expect(summary.total.requests).toBe(0);
      expect(summary.warnings).toContain('No request was finished.');
    }
  });

  it('starts no request after the end, not even for code that catches everything in a loop', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'stubborn',
      tasks: [
        {
          name: 'forever',
          run: async (user) => {
            for (;;) await user.get('/').catch(() => {});
          },
        },
      ],
    });
    const summary = await runLoad({ scenario, host: server.url, users: 3, durationMs: 100 });
    expect(summary.total).toMatchObject({ requests: server.total(), failures: 0 });
  });

  it('cuts pauses short when the run ends', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'slow',
      wait: { minMs: 3_600_000, maxMs: 3_600_000 },
      tasks: [{ name: 't', run: (user) => user.get('/') }],
    });
    const run = await startLoad({ scenario, host: server.url, users: 5 });
    await server.arrived(5);
    run.stop();
    expect((await run.finished).total.requests).toBe(5);
    const limited = await runLoad({ scenario, host: server.url, users: 5, iterations: 5 });
    expect(limited.endReason).toBe('iterations');
  });

  it('gives network failures as results, and keeps what answers held', async () => {
    const server = await startCountingServer((request, response) => {
      response.setHeader('X-Twice', ['a', 'b']);
      if (request.url === '/bad') response.writeHead(500).end('no json');
      else response.end('{"id":7}');
    });
    const seen: Response[] = [];
    const scenario = defineScenario({
      name: 'results',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            user.headers.authorization = 'Bearer x';
            seen.push(
              await user.get('/good'),
              await user.get('/bad', { headers: { Authorization: 'none' } }),
            );
            seen.push(await user.get('http://127.0.0.1:1/refused', { name: 'refused' }));
            seen.push(await user.get('/bad', { expect: 500, discardBody: true }));
            seen.push(...(await Promise.all([user.get('/good'), user.get('/good')])));
          },
        },
      ],
    });
    const summary = await runLoad({ scenario, host: server.url, iterations: 1 });
    const [good, bad, refused, expected, ...parallel] = seen;
    expect([good?.status, good?.ok, good?.json(), good?.header('x-twice'), good?.header('x-none')]).toEqual([
      200,
      true,
      { id: 7 },
      'a, b',
      undefined,
    ]);
    expect([bad?.status, bad?.ok, bad?.error, bad?.text()]).toEqual([500, false, 'HTTP 500', 'no json']);
    expect(() => bad?.json()).toThrow('The answer to GET /bad (status 500) is no JSON.');
    expect([refused?.status, refused?.ok, refused?.error, refused?.text()]).toEqual([
      0,
      false,
      '127.0.0.1:1 refused the connection.',
      '',
    ]);
    expect([expected?.ok, expected?.text()]).toEqual([true, '']);
    expect(parallel.map((response) => response.json())).toEqual([{ id: 7 }, { id: 7 }]);
    expect(server.headers.map((headers) => headers.authorization)).toEqual([
      'Bearer x',
      'none',
      ...new Array(3).fill('Bearer x'),
    ]);
    expect(summary.total).toMatchObject({ requests: 6, failures: 2 });
    expect(summary.connectionsOpened).toBe(2);
  });

  it('keeps the path of the base URL, and says when there is none', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({ name: 'based', tasks: [{ name: 't', run: (user) => user.get('/x') }] });
    await runLoad({ scenario, host: `${server.url}/api/v1/`, iterations: 1 });
    expect([...server.counts.keys()]).toEqual(['GET /api/v1/x']);
    const summary = await runLoad({ scenario, iterations: 1 });
    expect(summary.errors[0]?.message).toMatch(/^expected an absolute URL, got "\/x"/);
  });

  it('keeps what was measured when teardown or report fail', async () => {
    const server = await startCountingServer();
    const fail = (what: string) => () => {
      throw new Error(what);
    };
    const tasks = [{ name: 't', run: (user: Requests) => user.get('/') }];
    const scenario = defineScenario({
      name: 'messy',
      tasks,
      teardown: fail('no end'),
      report: fail('no words'),
    });
    const summary = await runLoad({ scenario, host: server.url, iterations: 2 });
    expect(summary.errors).toEqual([{ step: 'teardown', kind: 'exception', message: 'no end', count: 1 }]);
    expect(summary.warnings).toContain('The report of messy failed: no words');
    expect(summary.total.requests).toBe(2);
  });

  it('can be cut while its setup or its teardown hangs', async () => {
    const hang = () => new Promise<never>(() => {});
    for (const stages of [{ setup: hang }, { teardown: hang }]) {
      const scenario = defineScenario({ name: 'hanging', tasks: [{ name: 't', run: () => {} }], ...stages });
      const run = await startLoad({ scenario, iterations: 1 });
      run.cut();
      expect((await run.finished).endReason).toBe('interrupted');
    }
  });

  it('sends the name and password of its base URL, and keeps them out of the summary', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'secret',
      tasks: [{ name: 't', run: (user) => user.get('/x') }],
    });
    const host = server.url.replace('http://', 'http://ann:pa%20ss@');
    const summary = await runLoad({ scenario, host, iterations: 1 });
    expect(server.headers[0]?.authorization).toBe(`Basic ${Buffer.from('ann:pa ss').toString('base64')}`);
    expect(JSON.stringify(summary)).not.toContain('pa%20ss');
    expect(summary.target).toBe(server.url);
  });

  it('rejects with setup-failed when setup throws or returns what cannot cross threads', async () => {
    const thrown = await scenarioFile(
      'setup-throws.ts',
      `{ name: 's', setup: () => { throw new Error('no database'); }, tasks: [{ name: 't', run() {} }] }`,
    );
    await expect(runLoad({ scenario: thrown, iterations: 1 })).rejects.toMatchObject({
      code: 'setup-failed',
      message: 'The setup of s failed: no database',
    });
    const uncloneable = await scenarioFile(
      'setup-function.ts',
      `{ name: 's', setup: () => () => {}, tasks: [{ name: 't', run() {} }] }`,
    );
    await expect(runLoad({ scenario: uncloneable, iterations: 1 })).rejects.toMatchObject({
      code: 'setup-failed',
    });
  });

  it('ends with thread-crashed and what was measured when a thread is lost', async () => {
    const server = await startCountingServer();
    const scenario = await scenarioFile(
      'crash.ts',
      `{ name: 'crash', tasks: [{ name: 't', run: async (user) => {
        await user.get('/');
        if (user.index === 1 && performance.now() > 700) process.exit(7);
      } }] }`,
    );
    const failure = await runLoad({ scenario, host: server.url, users: 2, workerThreads: 2 }).catch(
      (error) => error,
    );
    expect(failure).toMatchObject({
      name: 'LoadEngineError',
      code: 'thread-crashed',
      message: 'Load thread 2 of 2 ended by itself (exit code 7).',
      summary: { endReason: 'crashed' },
    });
    expect(hasFailures(failure.summary)).toBe(true);
    expect(failure.summary.total.requests).toBeGreaterThan(0);
  });

  it('gives up on a thread whose code blocks its event loop', async () => {
    const scenario = await scenarioFile(
      'block.ts',
      `{ name: 'block', tasks: [{ name: 't', run() { for (;;); } }] }`,
    );
    await expect(runLoad({ scenario, durationMs: 50, graceMs: 0 })).rejects.toMatchObject({
      code: 'thread-crashed',
      message:
        'Load thread 1 of 1 did not end when it should have: code of the scenario blocks its event loop.',
    });
  });

  it.each([
    ['missing.ts', null, 'does not exist'],
    ['notes.txt', 'hello', 'its name must end in .ts, .mts, .js, .mjs'],
    ['empty.ts', 'export default 1;', 'exports no scenario: it needs "export default defineScenario({ … })"'],
    ['broken.ts', 'throw new Error("boom");', 'could not be loaded: boom'],
    ['syntax.mjs', 'export default {', 'could not be loaded'],
  ])('does not start from %s', async (name, text, reason) => {
    const file = join(folder, name);
    if (text !== null) await writeFile(file, text);
    await expect(runLoad({ scenario: file })).rejects.toMatchObject({
      code: 'scenario-not-loaded',
      message: expect.stringContaining(reason),
    });
  });
});
