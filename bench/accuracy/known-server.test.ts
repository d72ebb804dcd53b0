import { connect } from 'node:net';
import { runLoad } from '@trafficflux/load-engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueQueue } from './due-queue.ts';
import { HeadCounter } from './head-counter.ts';
import { answerTimeOf, type Behaviour } from './latency.ts';
import { type ServerProcess, startServer } from './server-process.ts';

describe('the server with a known latency', () => {
  const behaviours: Record<string, Behaviour> = {
    constant: { latency: { kind: 'constant', ms: 4 }, stall: null },
    bimodal: { latency: { kind: 'bimodal', fastMs: 1, slowMs: 20, slowShare: 0.2, seed: 1 }, stall: null },
    'log-normal': { latency: { kind: 'log-normal', medianMs: 2, sigma: 0.5, seed: 1 }, stall: null },
    stall: { latency: { kind: 'constant', ms: 1 }, stall: { afterMs: 20, durationMs: 100 } },
  };
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer(null);
  });
  afterAll(() => server.stop());

  it.each(Object.keys(behaviours))(
    'counts what the engine counts, and answers nothing early: %s',
    async (name) => {
      const behaviour = behaviours[name] ?? behaviours.constant!;
      await server.reset(behaviour);
      const { total } = await runLoad({ url: server.url, users: 5, iterations: 300, workerThreads: 1 });
      const { arrivedMs, answeredMs } = await server.readLog();
      expect([total.requests, total.failures]).toEqual([300, 0]);
      expect([arrivedMs.length, answeredMs.length]).toEqual([300, 300]);
      const early = answeredMs.filter(
        (at, n) => !(at >= answerTimeOf(behaviour, arrivedMs[0]!, arrivedMs[n]!, n)),
      );
      expect([...early]).toEqual([]);
    },
  );

  it('gets each start that the clock had planned', async () => {
    await server.reset(behaviours.constant!);
    const { total, starts } = await runLoad({
      url: server.url,
      rate: 200,
      durationMs: 500,
      workerThreads: 1,
    });
    const { arrivedMs } = await server.readLog();
    expect(starts.planned).toBe(100);
    expect(starts.started + starts.dropped).toBe(100);
    expect([total.requests, arrivedMs.length]).toEqual([starts.started, starts.started]);
  });

  it('keeps more requests than its log had room for', async () => {
    await server.reset({ latency: { kind: 'constant', ms: 0 }, stall: null });
    const { total } = await runLoad({ url: server.url, users: 20, iterations: 9000, workerThreads: 1 });
    const { arrivedMs, answeredMs } = await server.readLog();
    expect([total.requests, arrivedMs.length]).toEqual([9000, 9000]);
    expect(answeredMs.every((at, n) => at >= arrivedMs[n]!)).toBe(true);
    expect([...arrivedMs]).toEqual([...arrivedMs.toSorted()]);
  });

  it('logs who has gone as never answered', async () => {
    await server.reset({ latency: { kind: 'constant', ms: 1000 }, stall: null });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await expect.poll(async () => (await server.readLog()).arrivedMs.length).toBe(1);
    socket.resetAndDestroy();
    // Who asks later is answered later.
    await (await fetch(server.url)).text();
    const { answeredMs } = await server.readLog();
    expect([...answeredMs].map(Number.isNaN)).toEqual([true, false]);
  });
});

describe('requests in a stream', () => {
  it('are counted however it is cut', () => {
    const text = Buffer.from('GET / HTTP/1.1\r\nA: b\r\n\r\nGET /\r\r\n HTTP/1.1\r\n\r\n');
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const heads = new HeadCounter();
        const cuts = [text.subarray(0, first), text.subarray(first, second), text.subarray(second)];
        expect(cuts.reduce((sum, bytes) => sum + heads.count(bytes), 0)).toBe(2);
      }
    }
  });
});

describe('requests that wait', () => {
  it('come in the order in which they are due', () => {
    const queue = new DueQueue();
    const dueMs = Array.from({ length: 500 }, (_, n) => (n * 7919) % 251);
    dueMs.forEach((at, n) => {
      queue.add(n, at);
    });
    const taken: number[] = [];
    for (let n = queue.take(); n !== undefined; n = queue.take()) taken.push(dueMs[n]!);
    expect(taken).toEqual(dueMs.toSorted((left, right) => left - right));
    expect([queue.size, queue.nextDueMs]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
