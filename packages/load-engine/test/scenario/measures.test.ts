// What a scenario counts beside its requests: groups, tags, checks, metrics of its own, and its thresholds.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineScenario, type Requests, type RunSummary, runLoad, startLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

const ENGINE = new URL('../../src/index.ts', import.meta.url).href;

function stepsOf(summary: RunSummary) {
  return Object.fromEntries(
    summary.steps.map(({ name, tags, requests }) => [`${name} ${JSON.stringify(tags)}`, requests]),
  );
}

function metricsOf(summary: RunSummary, name: string) {
  return summary.metrics.filter((metric) => metric.name === name);
}

describe('groups and tags', () => {
  it('mark the requests in them, nested and side by side', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'grouped',
      tasks: [
        {
          name: 'visit',
          tags: { kind: 'task' },
          run: async (user) => {
            await user.get('/outside');
            await user.group('shop', async () => {
              await user.get('/list');
              await user.group('cart', () => user.get('/cart', { tags: { kind: 'request', item: 'book' } }));
              await user.get('/list');
            });
            await Promise.all([
              user.group('left', async () => {
                await user.sleep(2);
                await user.get('/same');
              }),
              user.group('right', () => user.get('/same')),
            ]);
            await user.get('/outside');
          },
        },
      ],
    });
    const summary = await runLoad({
      scenario,
      host: server.url,
      iterations: 2,
      users: 2,
      tags: { run: 'nightly' },
    });
    expect(stepsOf(summary)).toEqual({
      'GET /outside {"kind":"task","run":"nightly"}': 4,
      'GET /list {"group":"shop","kind":"task","run":"nightly"}': 4,
      'GET /cart {"group":"shop::cart","item":"book","kind":"request","run":"nightly"}': 2,
      'GET /same {"group":"left","kind":"task","run":"nightly"}': 2,
      'GET /same {"group":"right","kind":"task","run":"nightly"}': 2,
    });
    const groups = metricsOf(summary, 'group_duration');
    expect(groups.map(({ tags }) => tags.group).sort()).toEqual([
      'left',
      'right',
      'shop',
      'shop::cart',
      undefined,
    ]);
    expect(groups[0]).toMatchObject({ kind: 'trend', tags: {}, count: 8 });
  });

  it('pass on what their code returns or throws, and count its time either way', async () => {
    const seen: unknown[] = [];
    const scenario = defineScenario({
      name: 'returns',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            const sum: number = await user.group('sum', () => 1 + 1);
            const text: string = await user.group('text', async () => 'late');
            seen.push(sum, text);
            await user.group('broken', () => {
              throw new Error('no way');
            });
          },
        },
      ],
    });
    const summary = await runLoad({ scenario, iterations: 1 });
    expect(seen).toEqual([2, 'late']);
    expect(summary.errors).toMatchObject([{ step: 't', message: 'no way', count: 1 }]);
    expect(metricsOf(summary, 'group_duration')[0]).toMatchObject({ count: 3 });
  });
});

describe('ids in paths', () => {
  const tasks = [
    {
      name: 't',
      run: async (user: Requests & { index: number }) => {
        await user.get(`/books/${user.index}?page=1`);
        await user.get(`/books/${user.index}`, { name: `own ${user.index}` });
      },
    },
  ];

  it('fold into one step, unless the request has a name or the scenario says no', async () => {
    const server = await startCountingServer();
    const folded = await runLoad({
      scenario: defineScenario({ name: 'f', tasks }),
      host: server.url,
      users: 2,
      iterationsPerUser: 1,
    });
    expect(stepsOf(folded)).toEqual({ 'GET /books/{id} {}': 2, 'own 0 {}': 1, 'own 1 {}': 1 });
    const scenario = defineScenario({ name: 'u', foldIds: false, tasks });
    const unfolded = await runLoad({ scenario, host: server.url, users: 2, iterationsPerUser: 1 });
    expect(stepsOf(unfolded)).toMatchObject({ 'GET /books/0 {}': 1, 'GET /books/1 {}': 1 });
  });
});

describe('checks', () => {
  it('count by name what share held, and fail nothing by themselves', async () => {
    const server = await startCountingServer((_, response, number) => response.end(String(number)));
    const scenario = defineScenario({
      name: 'checked',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            const response = await user.get('/');
            const isEven = user.check('is even', Number(response.text()) % 2 === 0);
            user.check('agrees', () => isEven === (response.json<number>() % 2 === 0), { kind: 'odd' });
            user.check('throws', () => {
              throw new Error('inside');
            });
          },
        },
      ],
    });
    const summary = await runLoad({
      scenario,
      host: server.url,
      iterations: 10,
      thresholds: { checks: 'rate>=50%', 'checks{check:agrees}': 'rate==100%' },
    });
    expect(metricsOf(summary, 'checks')).toEqual([
      { name: 'checks', tags: {}, kind: 'rate', hits: 15, total: 30, share: 0.5 },
      { name: 'checks', tags: { check: 'is even' }, kind: 'rate', hits: 5, total: 10, share: 0.5 },
      { name: 'checks', tags: { check: 'agrees', kind: 'odd' }, kind: 'rate', hits: 10, total: 10, share: 1 },
      { name: 'checks', tags: { check: 'throws' }, kind: 'rate', hits: 0, total: 10, share: 0 },
    ]);
    expect([summary.total.failures, summary.exceptions]).toEqual([0, 0]);
    expect(summary.thresholds).toMatchObject([
      { outcome: 'passed', observed: 0.5 },
      { outcome: 'passed', observed: 1 },
    ]);
  });
});

describe('metrics of a scenario', () => {
  it('are counted over all threads, with the tags of the group', async () => {
    const server = await startCountingServer();
    const file = join(await mkdtemp(join(tmpdir(), 'loadspiker-')), 'metrics.ts');
    await writeFile(
      file,
      `import { defineScenario } from '${ENGINE}';
      export default defineScenario({
        name: 'metrics',
        metrics: { orders: 'counter', basket: 'trend', stock: 'gauge', found: 'rate', never: 'counter' },
        thresholds: { orders: ['count==80'], 'basket{plan:paid}': 'max<100', never: 'count<1' },
        tasks: [{ name: 't', run: async (user) => {
          await user.get('/');
          user.metrics.orders.add();
          user.metrics.orders.add(3, { plan: 'paid' });
          user.metrics.basket.add(19.99, { plan: 'paid' });
          user.metrics.stock.add(user.index);
          await user.group('search', () => user.metrics.found.add(true));
          user.metrics.found.add(0);
        } }],
      });`,
    );
    const summary = await runLoad({
      scenario: file,
      host: server.url,
      users: 4,
      iterations: 20,
      workerThreads: 2,
    });
    expect(metricsOf(summary, 'orders')).toMatchObject([
      { tags: {}, sum: 80 },
      { tags: { plan: 'paid' }, sum: 60 },
    ]);
    expect(metricsOf(summary, 'basket')[0]).toMatchObject({ count: 20, min: 19.99, max: 19.99 });
    expect(metricsOf(summary, 'stock')[0]).toMatchObject({ min: 0, max: 3 });
    expect(metricsOf(summary, 'found')).toMatchObject([
      { tags: {}, hits: 20, total: 40, share: 0.5 },
      { tags: { group: 'search' }, hits: 20, total: 20 },
    ]);
    expect(metricsOf(summary, 'never')).toMatchObject([{ sum: 0 }]);
    expect(summary.thresholds.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed']);
  });

  it('are typed by their declaration, and count what setup and teardown do', async () => {
    const scenario = defineScenario({
      name: 'typed',
      metrics: { made: 'counter', size: 'gauge' },
      setup: (run) => {
        run.metrics.made.add(2);
        run.check('set up', true);
      },
      tasks: [
        {
          name: 't',
          run: (user) => {
            user.metrics.made.add();
            // @ts-expect-error a gauge needs a value
            user.metrics.size.add();
            // @ts-expect-error nobody declared it
            user.metrics.other.add(1);
          },
        },
      ],
      teardown: (run) => run.metrics.made.add(4),
    });
    const summary = await runLoad({ scenario, iterations: 1 });
    expect(metricsOf(summary, 'made')).toMatchObject([{ sum: 7 }]);
    expect(summary.errors[0]?.message).toBe(
      'expected a value of the metric "size" to be a finite number, got undefined',
    );
    expect(metricsOf(summary, 'checks')[0]).toMatchObject({ hits: 1, total: 1 });
  });

  it.each([
    [
      { metrics: { orders: 'sum' } },
      'expected the metric "orders" to be one of counter, gauge, rate, trend, got sum',
    ],
    [{ metrics: { 'my orders': 'counter' } }, 'expected the name of a metric, of letters, digits and _'],
    [
      { metrics: { http_reqs: 'counter' } },
      'the engine has no metric "http_reqs" that a scenario could count',
    ],
    [
      { thresholds: { http_reqs: 'p95<1' } },
      'the threshold "p95<1" is not understood: write p(95) instead of p95',
    ],
    [
      { thresholds: { orders: 'count>1' } },
      'which is no metric of the engine or the scenario: it declares none',
    ],
  ])('are refused when the scenario is defined: %j', (extra, reason) => {
    const define = () =>
      defineScenario({ name: 's', tasks: [{ name: 't', run: () => {} }], ...(extra as object) });
    expect(define).toThrow(expect.objectContaining({ code: 'scenario-invalid' }));
    expect(define).toThrow(reason);
  });
});

describe('thresholds of a run', () => {
  it('end it when they are broken, with an event that says why', async () => {
    const server = await startCountingServer((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    const run = await startLoad({
      url: server.url,
      users: 2,
      thresholds: {
        http_req_failed: { threshold: 'rate<50%', abortOnFail: true },
        http_req_duration: 'max<1h'.replace('1h', '3600s'),
      },
    });
    const summary = await run.finished;
    expect(summary.endReason).toBe('threshold');
    expect(summary.events.map(({ kind, text }) => [kind, text])).toContainEqual([
      'aborted',
      'Aborted: http_req_failed: rate<50%, was 1.',
    ]);
    expect(summary.thresholds).toEqual([
      { metric: 'http_req_failed', expression: 'rate<50%', outcome: 'failed', observed: 1, aborted: true },
      expect.objectContaining({ metric: 'http_req_duration', outcome: 'passed', aborted: false }),
    ]);
    expect(summary.total.requests).toBe(server.total());
  });

  it('are those of the scenarios too, each judged by its own requests', async () => {
    const server = await startCountingServer((request, response) => {
      response.statusCode = request.url === '/bad' ? 500 : 200;
      response.end();
    });
    const one = (path: string) =>
      defineScenario({
        name: path,
        thresholds: { http_req_failed: 'rate<1%' },
        tasks: [{ name: 't', run: (user) => user.get(path) }],
      });
    const summary = await runLoad({
      scenarios: {
        good: { scenario: one('/good'), host: server.url, iterations: 3 },
        bad: { scenario: one('/bad'), host: server.url, iterations: 1 },
      },
      thresholds: { http_req_failed: 'rate<=25%' },
    });
    expect(summary.thresholds.map(({ metric, outcome, observed }) => [metric, outcome, observed])).toEqual([
      ['http_req_failed', 'passed', 0.25],
      ['http_req_failed{scenario:good}', 'passed', 0],
      ['http_req_failed{scenario:bad}', 'failed', 1],
    ]);
  });

  it('judge the iterations of each of several loads', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'two requests each',
      tasks: [
        {
          name: 't',
          run: async (user) => {
            await user.get('/');
            await user.get('/');
          },
        },
      ],
    });
    const summary = await runLoad({
      scenarios: {
        code: { scenario, host: server.url, iterations: 3 },
        url: { url: server.url, iterations: 5 },
        clock: { url: server.url, rate: 100, iterations: 4, durationMs: 60_000 },
      },
      thresholds: {
        iterations: 'count==12',
        'iterations{scenario:code}': 'count==3',
        'iterations{scenario:url}': 'count==5',
        'iteration_duration{scenario:code}': 'p(95)>0',
        'iteration_duration{scenario:url}': 'max>0',
        'dropped_iterations{scenario:clock}': 'count==0',
        'dropped_iterations{scenario:url}': 'count==0',
      },
    });
    expect(summary.thresholds.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual([
      'iterations passed',
      'iterations{scenario:code} passed',
      'iterations{scenario:url} passed',
      'iteration_duration{scenario:code} passed',
      'iteration_duration{scenario:url} passed',
      'dropped_iterations{scenario:clock} passed',
      'dropped_iterations{scenario:url} no-data',
    ]);
  });

  it('are refused before anything is sent', async () => {
    const server = await startCountingServer();
    await expect(
      runLoad({ url: server.url, iterations: 1, thresholds: { http_reqs: 'avg<1' } }),
    ).rejects.toThrow(
      new RangeError(
        'the threshold "avg<1" is not understood: http_reqs is a counter: it has count, rate, not avg',
      ),
    );
    expect(server.total()).toBe(0);
  });
});
