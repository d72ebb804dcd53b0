// runScenario, startLoadTest and runCustomTest on real servers.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineScenario, type EngineMetrics, LoadEngineError, type RunReporter } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';
import { startSocketCounter } from '../socket-counter.ts';
import { createEngine } from './engine.ts';

const ENGINE = new URL('../../src/index.ts', import.meta.url).href;

/** A scenario as users have it: a file. */
async function scenarioFile(definition: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'loadspiker-')), 'scenario.ts');
  const text = `import { defineScenario } from '${ENGINE}';\nexport default defineScenario(${definition});\n`;
  await writeFile(file, text);
  return file;
}

/** Notes what it is told. */
class Notes implements RunReporter {
  readonly calls: string[] = [];
  readonly progress: { elapsed: number; metrics: EngineMetrics }[] = [];
  metrics: EngineMetrics | undefined;

  startReporting(): void {
    this.calls.push('start');
  }

  async reportProgress(elapsed: number, metrics: EngineMetrics): Promise<void> {
    this.progress.push({ elapsed, metrics });
  }

  endReporting(): void {
    this.calls.push('end');
  }

  reportMetrics(metrics: EngineMetrics): void {
    this.calls.push('metrics');
    this.metrics = metrics;
  }
}

describe('runScenario', () => {
  it('runs a file over threads until its duration is over, and counts what the server counted', async () => {
    const server = await startCountingServer();
    const engine = createEngine({ workerThreads: 2 });
    const file = await scenarioFile(
      `{ name: 's', setup: (run) => run.post('/setup').then(() => {}),
         tasks: [{ name: 't', run: (user) => user.get('/page') }] }`,
    );
    const metrics = await engine.runScenario(file, { users: 4, duration: 0.4, host: server.url });
    expect(metrics).toMatchObject({ totalRequests: server.total(), failedRequests: 0 });
    expect(server.counts.get('POST /setup')).toBe(1);
    expect(server.counts.get('GET /page')).toBeGreaterThanOrEqual(4);
    expect(metrics).toEqual(engine.getMetrics());
    expect(metrics.requestsPerSecond).toBeGreaterThan(0);
    expect(metrics.p99Us).toBeGreaterThanOrEqual(metrics.p95Us);
  });

  it('adds to the figures that are there, and to those of single requests', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] });
    await engine.executeRequest(server.url);
    await engine.runScenario(scenario, { users: 2, duration: 0.1, host: server.url });
    await engine.runScenario(scenario, { users: 2, duration: 0.1, host: server.url });
    expect(engine.getMetrics()).toMatchObject({ totalRequests: server.total() });
  });

  it('tells during the run, to the moment, what all its threads have counted', async () => {
    const held: (() => void)[] = [];
    const server = await startCountingServer((request, response) => {
      if (request.url === '/held') held.push(() => response.end());
      else response.end();
    });
    const engine = createEngine({ workerThreads: 2 });
    const file = await scenarioFile(
      `{ name: 's', tasks: [{ name: 't', run: async (user) => {
        for (let index = 0; index < 5; index += 1) await user.get('/' + index);
        await user.get('/held');
      } }] }`,
    );
    const run = engine.runScenario(file, { users: 4, duration: 600, host: server.url });
    for (const round of [1, 2, 3]) {
      await server.arrived(round * 24);
      expect(engine.getMetrics()).toMatchObject({ totalRequests: round * 24 - 4, failedRequests: 0 });
      for (const answer of held.splice(0)) answer();
    }
    await server.arrived(96);
    await engine.close();
    expect(await run).toMatchObject({ totalRequests: 96, failedRequests: 4 });
  });

  it('counts after a reset nothing of what threads had counted before it', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url !== '/held') response.end();
    });
    const engine = createEngine({ workerThreads: 2 });
    const file = await scenarioFile(
      `{ name: 's', tasks: [{ name: 't', run: async (user) => {
        await user.get('/a');
        await user.get('/held');
      } }] }`,
    );
    const run = engine.runScenario(file, { users: 4, duration: 600, host: server.url });
    await server.arrived(8);
    engine.resetMetrics();
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 0, p99Us: 0 });
    await engine.close();
    expect(await run).toMatchObject({ totalRequests: 4, failedRequests: 4 });
  });

  it('says why a run broke off, and tells its reporters of its end', async () => {
    const server = await startCountingServer();
    const notes = new Notes();
    const file = await scenarioFile(
      `{ name: 's', setup: () => { throw new Error('no data'); }, tasks: [{ name: 't', run: () => {} }] }`,
    );
    const run = createEngine().runScenario(file, { host: server.url, duration: 1, reporters: [notes] });
    await expect(run).rejects.toMatchObject({ code: 'setup-failed' });
    expect(notes.calls).toEqual(['start', 'end', 'metrics']);
  });

  it('tells the same of a scenario on the caller’s loop', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url !== '/held') response.end();
    });
    const engine = createEngine();
    const scenario = defineScenario({
      name: 's',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            await user.get('/a');
            await user.get('/held');
          },
        },
      ],
    });
    const run = engine.runScenario(scenario, { users: 3, duration: 600, host: server.url });
    await server.arrived(6);
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 3 });
    engine.resetMetrics();
    await engine.close();
    expect(await run).toMatchObject({ totalRequests: 3, failedRequests: 3 });
  });

  it('shows during the run what its threads have handed over', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const file = await scenarioFile(`{ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] }`);
    const run = engine.runScenario(file, { users: 2, duration: 1.5, host: server.url });
    await expect.poll(() => engine.getMetrics().totalRequests, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(engine.getMetrics().totalRequests).toBeLessThanOrEqual(server.total());
    expect(engine.getMetrics().requestsPerSecond).toBeGreaterThan(0);
    expect(await run).toMatchObject({ totalRequests: server.total() });
  });

  it('starts its users over rampUpDuration, and takes users and seconds from a pattern', async () => {
    const server = await startCountingServer((_, response) => response.end());
    const engine = createEngine();
    const users = new Set<number>();
    const scenario = defineScenario({
      name: 's',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            users.add(user.index);
            await user.get('/');
          },
        },
      ],
    });
    await engine.runScenario(scenario, { users: 4, duration: 0.1, rampUpDuration: 40, host: server.url });
    expect(users).toEqual(new Set([0]));
    function* pattern(): Generator<[number, number]> {
      yield [2, 0.1];
      yield [5, 600];
    }
    const run = engine.runScenario(scenario, { pattern: pattern(), host: server.url });
    await expect.poll(() => users, { timeout: 10_000 }).toEqual(new Set([0, 1, 2, 3, 4]));
    await engine.close();
    await run;
  });

  it('tells its reporters of the run, from start to metrics', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const [notes, others] = [new Notes(), new Notes()];
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] });
    const metrics = await engine.runScenario(scenario, {
      users: 1,
      duration: 0.2,
      host: server.url,
      reporters: [notes, others],
    });
    expect(notes.calls).toEqual(['start', 'end', 'metrics']);
    expect(others.calls).toEqual(notes.calls);
    expect(notes.metrics).toEqual(metrics);
    expect(notes.progress.length).toBeGreaterThan(0);
    const { elapsed, metrics: last } = notes.progress.at(-1) ?? {};
    expect(elapsed).toBeGreaterThanOrEqual(0.19);
    expect(last?.totalRequests).toBe(server.total());
  });

  it('carries the run to its end when a reporter throws, and says so then', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const notes = new Notes();
    class Broken extends Notes {
      override startReporting(): void {
        throw new Error('disk full');
      }
    }
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] });
    const run = engine.runScenario(scenario, {
      users: 1,
      duration: 0.1,
      host: server.url,
      reporters: [new Broken(), notes],
    });
    await expect(run).rejects.toMatchObject({
      code: 'report-unwritable',
      message: 'Broken failed: disk full',
    });
    expect(notes.metrics).toMatchObject({ totalRequests: server.total() });
    expect(engine.getMetrics().totalRequests).toBe(server.total());
  });

  it.each([
    [{ users: 0 }, RangeError, 'Expected users to be a whole number from 1 on, got 0.'],
    [{ users: -1 }, RangeError, 'got -1'],
    [{ users: '3' }, TypeError, 'Expected users to be a whole number, got 3.'],
    [{ duration: 0 }, RangeError, 'Expected duration to be above 0 seconds, got 0.'],
    [{ duration: -1 }, RangeError, 'got -1'],
    [{ rampUpDuration: -1 }, RangeError, 'Expected rampUpDuration to be 0 or more seconds, got -1.'],
    [{ users: 1, pattern: [[1, 1]] }, TypeError, 'Expected either pattern or users'],
    [{ pattern: [[0, 1]] }, RangeError, 'at least one user'],
    [{ reporters: [{}] }, TypeError, 'Expected reporters to be reporters'],
  ])('rejects %j before anything starts', async (options, kind, sentence) => {
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: () => {} }] });
    const run = createEngine().runScenario(scenario, options as never);
    await expect(run).rejects.toBeInstanceOf(kind);
    await expect(run).rejects.toThrow(sentence);
  });

  it('rejects with a LoadEngineError for a scenario that does not load, and after close', async () => {
    const engine = createEngine();
    await expect(engine.runScenario('/no/such/file.ts')).rejects.toMatchObject({
      code: 'scenario-not-loaded',
    });
    await engine.close();
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: () => {} }] });
    const run = engine.runScenario(scenario);
    await expect(run).rejects.toBeInstanceOf(LoadEngineError);
    await expect(run).rejects.toMatchObject({ code: 'engine-closed' });
  });

  it('ends with the engine', async () => {
    const server = await startCountingServer(() => {});
    const engine = createEngine();
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] });
    const run = engine.runScenario(scenario, { users: 2, duration: 600, host: server.url });
    await server.arrived(2);
    await engine.close();
    expect(await run).toMatchObject({ totalRequests: 2, failedRequests: 2 });
  });
});

describe('the limits of an engine', () => {
  it('bound the sockets of single requests to whatever servers, and serve them in order', async () => {
    const servers = [await startSocketCounter(), await startSocketCounter(), await startSocketCounter()];
    const engine = createEngine({ maxConnections: 2 });
    const ended: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const result = await engine.executeRequest(`${servers[index % 3]?.url}/${index}`);
        expect(result).toMatchObject({ success: true });
        ended.push(index);
      }),
    );
    for (const server of servers) expect(server.most).toBeLessThanOrEqual(2);
    for (const [place, index] of ended.entries()) expect(Math.abs(place - index)).toBeLessThanOrEqual(2);
  });

  it('count one socket for all of them together', async () => {
    let open = 0;
    let most = 0;
    const held: (() => void)[] = [];
    const answer = (_: unknown, response: { end(): void }): void => {
      open += 1;
      most = Math.max(most, open);
      held.push(() => {
        open -= 1;
        response.end();
      });
    };
    const [one, other] = [await startCountingServer(answer), await startCountingServer(answer)];
    const engine = createEngine({ maxConnections: 3 });
    const all = Array.from({ length: 12 }, (_, index) =>
      engine.executeRequest(index % 2 === 0 ? one.url : other.url),
    );
    for (let answered = 0; answered < 12; answered += 1) {
      await expect.poll(() => held.length).toBeGreaterThan(0);
      held.shift()?.();
    }
    await Promise.all(all);
    expect(most).toBe(3);
    expect([one.total(), other.total()]).toEqual([6, 6]);
  });

  it('fail who waited longer than its time limit, and let the others go on', async () => {
    const held: (() => void)[] = [];
    const server = await startCountingServer((_, response) => held.push(() => response.end()));
    const engine = createEngine({ maxConnections: 1 });
    const first = engine.executeRequest(server.url);
    await server.arrived(1);
    const second = engine.executeRequest(server.url, { timeoutMs: 50 });
    const third = engine.executeRequest(server.url);
    const { success, errorMessage, responseTimeMs } = await second;
    expect({ success, errorMessage }).toEqual({
      success: false,
      errorMessage: 'No connection of the engine was free within 50 ms: all 1 of maxConnections were busy.',
    });
    expect(responseTimeMs).toBeGreaterThanOrEqual(49);
    held.shift()?.();
    await server.arrived(2);
    held.shift()?.();
    expect(await first).toMatchObject({ success: true });
    expect(await third).toMatchObject({ success: true });
  });

  it('hold for a run and single requests together', async () => {
    const server = await startSocketCounter();
    const engine = createEngine({ maxConnections: 3 });
    const file = await scenarioFile(
      `{ name: 's', tasks: [{ name: 't', run: (user) => Promise.all([user.get('/a'), user.get('/b')]) }] }`,
    );
    await engine.executeRequest(server.url);
    const [metrics] = await Promise.all([
      engine.runScenario(file, { users: 8, duration: 0.5, host: server.url }),
      ...Array.from({ length: 10 }, () => engine.executeRequest(server.url)),
    ]);
    expect(server.most).toBeLessThanOrEqual(3);
    expect(metrics.failedRequests).toBe(0);
    expect(engine.getMetrics().totalRequests).toBe(server.requests);
  });

  it('leave a task on the caller’s loop a connection for executeRequest', async () => {
    const server = await startSocketCounter();
    const engine = createEngine({ maxConnections: 2 });
    const scenario = defineScenario({
      name: 's',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            await user.get('/user');
            await engine.executeRequest(`${server.url}/engine`);
          },
        },
      ],
    });
    const run = engine.runScenario(scenario, { users: 4, duration: 600, host: server.url });
    await expect.poll(() => server.requests, { timeout: 10_000 }).toBeGreaterThan(20);
    expect(server.most).toBeLessThanOrEqual(2);
    await engine.close();
    await run;
  });

  it('bound the threads of a run, as do cores and users', async () => {
    const server = await startCountingServer();
    const seen: number[] = [];
    const file = await scenarioFile(
      `{ name: 's', tasks: [{ name: 't', run: (user) => user.get('/' + user.index) }],
         report: (summary) => { globalThis.threadsSeen.push(summary.generator.threads); return []; } }`,
    );
    Reflect.set(globalThis, 'threadsSeen', seen);
    const cores = availableParallelism();
    for (const [workerThreads, users] of [
      [1, 8],
      [64, 8],
      [64, 1],
    ] as const) {
      const engine = createEngine({ workerThreads });
      await engine.runScenario(file, { users, duration: 0.1, host: server.url });
    }
    expect(seen).toEqual([1, Math.min(cores, 8), 1]);
  });
});

describe('startLoadTest', () => {
  it('repeats one request per user until its time is over', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const requests = [{ url: `${server.url}/p`, method: 'POST', headers: { 'X-A': 'b' }, body: 'hi' }];
    const metrics = await engine.startLoadTest(requests, { concurrentUsers: 3, durationSeconds: 0.2 });
    expect(metrics).toMatchObject({ totalRequests: server.total(), failedRequests: 0 });
    expect(server.counts.get('POST /p')).toBe(server.total());
    expect(server.headers[0]).toMatchObject({ 'x-a': 'b' });
    expect(server.bodies[0]).toBe('hi');
  });

  it('repeats a list in its order, each request with its own method, headers and body', async () => {
    const seen: string[] = [];
    const server = await startCountingServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-a'] ?? ''}`);
      response.statusCode = request.url === '/b' ? 302 : 200;
      response.end();
    });
    const engine = createEngine();
    const notes = new Notes();
    const requests = [
      { url: `${server.url}/a`, headers: { 'X-A': '1' } },
      { url: `${server.url}/b`, method: 'post', body: 'x' },
      { url: `${server.url}/c`, method: 'DELETE' },
    ];
    const options = { concurrentUsers: 1, durationSeconds: 600, reporters: [notes] };
    const run = engine.startLoadTest(requests, options);
    await server.arrived(4);
    expect(seen.slice(0, 4)).toEqual(['GET /a 1', 'POST /b ', 'DELETE /c ', 'GET /a 1']);
    expect(engine.getMetrics().failedRequests).toBe(0);
    await engine.close();
    expect(await run).toEqual(notes.metrics);
  });

  it.each([
    [[], {}, RangeError, 'requests list cannot be empty'],
    [[{ method: 'GET' }], {}, TypeError, "Each request must have a 'url' field"],
    [[{ url: 'http://127.0.0.1:9/' }, {}], {}, TypeError, "Each request must have a 'url' field"],
    [[{ url: 'http://127.0.0.1:9/' }], { concurrentUsers: 0 }, RangeError, 'Expected concurrentUsers'],
    [[{ url: 'http://127.0.0.1:9/' }], { durationSeconds: 0 }, RangeError, 'Expected durationSeconds'],
  ])('rejects %j with %j', async (requests, options, kind, sentence) => {
    const run = createEngine().startLoadTest(requests as never, options);
    await expect(run).rejects.toBeInstanceOf(kind);
    await expect(run).rejects.toThrow(sentence);
  });
});

describe('runCustomTest', () => {
  it('repeats a function per user, from figures of zero', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    await engine.executeRequest(server.url);
    const users = new Set<number>();
    const metrics = await engine.runCustomTest(
      async (own, userId) => {
        expect(own).toBe(engine);
        users.add(userId);
        await own.executeRequest(`${server.url}/custom`);
      },
      { users: 3, duration: 0.3 },
    );
    expect(users).toEqual(new Set([0, 1, 2]));
    expect(metrics.totalRequests).toBe(server.counts.get('GET /custom'));
    expect(metrics.totalRequests).toBeGreaterThanOrEqual(3);
  });

  it('goes on when the function throws, and tells each different sentence once', async () => {
    const told: string[] = [];
    let calls = 0;
    const metrics = await createEngine().runCustomTest(
      () => {
        calls += 1;
        throw new Error('broken');
      },
      { users: 2, duration: 0.35, onError: (sentence) => told.push(sentence) },
    );
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(told).toEqual(['broken']);
    expect(metrics.totalRequests).toBe(0);
  });

  it.each([
    [undefined, {}, TypeError],
    [() => {}, { users: 0 }, RangeError],
    [() => {}, { duration: 0 }, RangeError],
  ])('rejects %s with %j', async (run, options, kind) => {
    await expect(createEngine().runCustomTest(run as never, options)).rejects.toBeInstanceOf(kind);
  });
});
