// maxConnections of a run: a limit that holds for all its threads together, and waiting that can be seen.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineScenario, runLoad, startLoad } from '../../src/index.ts';
import { toConnectionShare } from '../../src/run/run-settings.ts';
import { startSocketCounter } from '../socket-counter.ts';

const ENGINE = new URL('../../src/index.ts', import.meta.url).href;

describe('maxConnections of a run', () => {
  it('bounds the sockets of users who repeat one request, over threads, and all users get their turn', async () => {
    const server = await startSocketCounter();
    const summary = await runLoad({
      url: server.url,
      users: 12,
      iterationsPerUser: 20,
      maxConnections: 3,
      workerThreads: 2,
    });
    expect(server.most).toBeLessThanOrEqual(3);
    expect(server.requests).toBe(240);
    expect(summary).toMatchObject({
      total: { requests: 240, failures: 0 },
      connectionsOpened: server.opened,
      generator: { threads: 2 },
    });
    expect(server.opened).toBe(3);
    expect(summary.generator.connectionWaits).toBeGreaterThan(0);
  });

  it('shows the waiting in response times and in a warning, not in service times', async () => {
    const server = await startSocketCounter((_, response) => setTimeout(() => response.end(), 20));
    const summary = await runLoad({ url: server.url, users: 8, iterations: 32, maxConnections: 1 });
    expect(server.most).toBe(1);
    const { averageMs, service } = summary.total;
    expect(averageMs).toBeGreaterThan(2 * (service.averageMs ?? Number.POSITIVE_INFINITY));
    expect(summary.generator.connectionWaitMaxMs).toBeGreaterThan(20);
    expect(summary.warnings.join()).toMatch(/\d+ requests waited for a connection, up to .* maxConnections/);
  });

  it('costs nothing where it suffices: every user has a connection of its own, and nobody waits', async () => {
    const server = await startSocketCounter();
    const summary = await runLoad({ url: server.url, users: 4, iterations: 40, maxConnections: 4 });
    expect(summary.connectionsOpened).toBe(4);
    expect(summary.generator.connectionWaits).toBe(0);
    expect(summary.warnings.join()).not.toContain('maxConnections');
  });

  it('bounds a scenario with many requests at once, its setup included', async () => {
    const server = await startSocketCounter();
    const folder = await mkdtemp(join(tmpdir(), 'loadspiker-'));
    const scenario = join(folder, 'wide.ts');
    await writeFile(
      scenario,
      `import { defineScenario } from '${ENGINE}';
      export default defineScenario({
        name: 'wide',
        setup: (run) => Promise.all(Array.from({ length: 9 }, () => run.get('/setup'))).then(() => {}),
        tasks: [{ name: 'all', run: (user) => Promise.all(['/a', '/b', '/c'].map((path) => user.get(path))) }],
        teardown: (run) => run.get('/teardown'),
      });`,
    );
    const summary = await runLoad({
      scenario,
      host: server.url,
      users: 6,
      iterations: 60,
      maxConnections: 4,
      workerThreads: 2,
    });
    expect(server.most).toBeLessThanOrEqual(4);
    expect(server.requests).toBe(9 + 180 + 1);
    expect(summary.total).toMatchObject({ requests: 190, failures: 0 });
  });

  it('moves connections from one server to another as they are needed', async () => {
    const [one, other] = [await startSocketCounter(), await startSocketCounter()];
    const scenario = defineScenario({
      name: 'two servers',
      tasks: [
        {
          name: 'both',
          run: async (user) => {
            await user.get(one.url);
            await user.get(other.url);
          },
        },
      ],
    });
    const summary = await runLoad({ scenario, users: 5, iterations: 25, maxConnections: 2 });
    expect(summary.total).toMatchObject({ requests: 50, failures: 0 });
    expect([one.requests, other.requests]).toEqual([25, 25]);
    expect(Math.max(one.most, other.most)).toBeLessThanOrEqual(2);
  });

  it('never sends what still waited when the run ended, and does not count it', async () => {
    const held: (() => void)[] = [];
    const server = await startSocketCounter((_, response) => held.push(() => response.end()));
    const run = await startLoad({ url: server.url, users: 5, maxConnections: 2, graceMs: 20_000 });
    await expect.poll(() => held.length).toBe(2);
    run.stop();
    for (const answer of held) answer();
    const summary = await run.finished;
    expect(summary.total).toMatchObject({ requests: 2, failures: 0 });
    expect(server.requests).toBe(2);
  });

  it('cuts a run with waiting users off at once', async () => {
    const server = await startSocketCounter(() => {});
    const scenario = defineScenario({ name: 's', tasks: [{ name: 't', run: (user) => user.get('/') }] });
    for (const load of [{ url: server.url }, { scenario, host: server.url }]) {
      const before = server.requests;
      const run = await startLoad({ ...load, users: 5, maxConnections: 2 });
      await expect.poll(() => server.requests).toBe(before + 2);
      run.cut();
      expect((await run.finished).total).toMatchObject({ requests: 2, failures: 2 });
    }
  });

  it('frees the place of a user that goes', async () => {
    const server = await startSocketCounter();
    const summary = await runLoad({
      url: server.url,
      maxConnections: 1,
      users: 3,
      iterationsPerUser: 5,
    });
    expect(summary.total).toMatchObject({ requests: 15, failures: 0 });
    expect(server.most).toBe(1);
  });

  it('never uses more threads than connections', async () => {
    const server = await startSocketCounter();
    const summary = await runLoad({
      url: server.url,
      users: 8,
      iterations: 16,
      maxConnections: 1,
      workerThreads: 8,
    });
    expect(summary.generator.threads).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d', async (maxConnections) => {
    await expect(runLoad({ url: 'http://127.0.0.1:9/', maxConnections })).rejects.toThrow(RangeError);
  });

  it('is shared out exactly over any number of threads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(100_000), (threads, more) => {
        const limit = threads + more;
        const shares = Array.from({ length: threads }, (_, thread) =>
          toConnectionShare(limit, thread, threads),
        ) as number[];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(limit);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
