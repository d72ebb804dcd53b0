import { describe, expect, it } from 'vitest';
import { startLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

describe('a run in progress', () => {
  it('is paused: nothing is sent until it is resumed, and the plan waits', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, users: 4, durationMs: 1500, workerThreads: 2 });
    await server.arrived(10);
    run.pause();
    expect(run.isPaused).toBe(true);
    await expect.poll(() => run.progress.at(-1)?.isPaused).toBe(true);
    const before = server.total();
    const looks = run.progress.length;
    await expect.poll(() => run.progress.length).toBeGreaterThan(looks + 1);
    expect(server.total()).toBe(before);
    run.resume();
    await server.arrived(before + 10);
    const summary = await run.finished;
    expect(summary.total).toMatchObject({ requests: server.total(), failures: 0 });
    expect(summary.events.map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
    const [paused, resumed] = summary.events;
    const pausedMs = (resumed?.atMs ?? 0) - (paused?.atMs ?? 0);
    expect(summary.durationMs).toBeGreaterThanOrEqual(1500 + pausedMs - 20);
    expect(summary.connectionsOpened).toBe(4);
  });

  it('is stopped while it is paused', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, users: 2 });
    await server.arrived(1);
    run.pause();
    run.stop();
    expect(await run.finished).toMatchObject({ endReason: 'interrupted', total: { failures: 0 } });
  });

  it('is scaled to more users and to fewer', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, users: 1, durationMs: 60_000 });
    await server.arrived(1);
    run.scale({ users: 9 });
    await expect.poll(() => run.progress.at(-1)?.activeUsers).toBe(9);
    run.scale({ users: 3 });
    await expect.poll(() => run.progress.at(-1)?.activeUsers).toBe(3);
    run.stop();
    const summary = await run.finished;
    expect(summary).toMatchObject({ users: 9, connectionsOpened: 9, total: { failures: 0 } });
    expect(summary.events.map(({ text }) => text)).toEqual([
      'Scaled to 9 users.',
      'Scaled to 3 users.',
      'Stopped.',
    ]);
  });

  it('is scaled to another rate, and stays exact', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, rate: 20, durationMs: 1000, workerThreads: 2 });
    await server.arrived(2);
    run.scale({ rate: 200 });
    const { starts } = await run.finished;
    expect(starts.planned).toBeGreaterThan(20);
    expect(starts.started).toBe(starts.planned);
    expect(server.total()).toBe(starts.started);
  });

  it('refuses a level that does not fit, and goes on', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, rate: 50, durationMs: 200 });
    expect(() => run.scale({ users: 5 })).toThrow('expected a rate: this load starts by the clock');
    expect(() => run.scale({ rate: -1 })).toThrow(RangeError);
    expect(() => run.scale({})).toThrow('expected either users or a rate');
    expect(() => run.scale({ rate: 5, scenario: 'none' })).toThrow('got "none"');
    expect((await run.finished).starts.started).toBe(10);
    run.scale({ rate: 5 });
    run.pause();
    expect(run.events).toEqual([]);
  });

  it('is followed live, look by look, until it ends', async () => {
    const server = await startCountingServer();
    const run = await startLoad({ url: server.url, users: 2, durationMs: 1200 });
    const requests: number[] = [];
    for await (const look of run.live()) requests.push(look.requests);
    const { total } = await run.finished;
    expect(requests.length).toBeGreaterThanOrEqual(2);
    expect(requests).toEqual([...requests].sort((left, right) => left - right));
    expect(requests.at(-1)).toBe(total.requests);
    for await (const _look of run.live()) expect.unreachable('the run is over');
  });
});
