import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { hasFailures, runLoad, startLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

describe('runLoad on a URL', () => {
  it('counts exactly what the server counted, over threads', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({
      url: `${server.url}/a?b=1`,
      users: 7,
      durationMs: 300,
      workerThreads: 2,
    });
    expect(summary.total.requests).toBeGreaterThan(0);
    expect(server.counts).toEqual(new Map([['GET /a?b=1', summary.total.requests]]));
    expect(summary).toMatchObject({
      name: 'GET /a?b=1',
      target: server.url,
      endReason: 'duration',
      connectionsOpened: 7,
      iterations: summary.total.requests,
      errors: [],
      steps: [
        { name: 'GET /a?b=1', requests: summary.total.requests, statuses: { '200': summary.total.requests } },
      ],
    });
    expect(hasFailures(summary)).toBe(false);
  });

  it('sends exactly the number of requests asked for, shared by all threads', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url, users: 5, iterations: 1003, workerThreads: 2 });
    expect(server.total()).toBe(1003);
    expect(summary.total.requests).toBe(1003);
    expect(summary.endReason).toBe('iterations');
  });

  it('lets the last iterations finish however long they take, whatever the grace', async () => {
    const held: (() => void)[] = [];
    const server = await startCountingServer((_, response) => held.push(() => response.end()));
    const finished = runLoad({ url: server.url, users: 3, iterations: 3, graceMs: 0 });
    await server.arrived(3);
    for (const answer of held) answer();
    expect((await finished).total).toMatchObject({ requests: 3, failures: 0 });
  });

  it('sends method, headers and body as given', async () => {
    const server = await startCountingServer();
    const headers = [
      ['X-One', 'a'],
      ['content-type', 'application/json'],
    ] as const;
    await runLoad({ url: `${server.url}/p`, method: 'post', headers, body: '{"q":"é€"}', iterations: 1 });
    expect(server.counts).toEqual(new Map([['POST /p', 1]]));
    expect(server.bodies).toEqual(['{"q":"é€"}']);
    expect(server.headers[0]).toMatchObject({
      'x-one': 'a',
      'content-type': 'application/json',
      'content-length': '13',
    });
  });

  it('adds http:// to a URL without a scheme', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url.slice('http://'.length), iterations: 1 });
    expect(summary.total).toMatchObject({ requests: 1, failures: 0 });
  });

  it('sends the name and password of its URL, and keeps them out of the summary', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({
      url: server.url.replace('http://', 'http://ann:secret@'),
      iterations: 1,
    });
    expect(server.headers[0]?.authorization).toBe(`Basic ${Buffer.from('ann:secret').toString('base64')}`);
    expect(JSON.stringify(summary)).not.toContain('secret');
  });

  it('counts every status but 2xx as a failure, grouped by status', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.statusCode = [200, 204, 302, 404, 503][number % 5] ?? 200;
      response.end();
    });
    const summary = await runLoad({ url: `${server.url}/x`, iterations: 50 });
    expect(summary.total).toMatchObject({
      requests: 50,
      failures: 30,
      statuses: { '200': 10, '204': 10, '302': 10, '404': 10, '503': 10 },
    });
    expect(
      summary.errors.map(({ step, kind, message, count }) => [step, kind, message, count]).sort(),
    ).toEqual([
      ['GET /x', 'request', 'HTTP 302', 10],
      ['GET /x', 'request', 'HTTP 404', 10],
      ['GET /x', 'request', 'HTTP 503', 10],
    ]);
  });

  it('counts the statuses that were expected, and no others, as successes', async () => {
    const server = await startCountingServer((_, response, number) => {
      response.statusCode = number % 2 === 0 ? 200 : 404;
      response.end();
    });
    const summary = await runLoad({ url: server.url, iterations: 10, expect: [404] });
    expect(summary.errors).toMatchObject([{ message: 'HTTP 200', count: 5 }]);
  });

  it('counts a request that the end of the run cut off as failed, with what the server saw', async () => {
    const server = await startCountingServer((_, response, number) => {
      if (number <= 2) response.end();
    });
    const summary = await runLoad({ url: server.url, users: 2, durationMs: 200, graceMs: 50 });
    expect(server.total()).toBe(4);
    expect(summary.total).toMatchObject({ requests: 4, failures: 2, statuses: { '200': 2, none: 2 } });
    expect(summary.errors).toMatchObject([
      { message: 'no answer within 50 ms after the end of the run', count: 2 },
    ]);
  });

  it('counts an answer that comes within the grace as the success it is', async () => {
    const held: (() => void)[] = [];
    let isStopped = false;
    const server = await startCountingServer((_, response) => {
      if (isStopped) response.end();
      else held.push(() => response.end());
    });
    const run = await startLoad({ url: server.url, users: 2, graceMs: 20_000 });
    await server.arrived(2);
    run.stop();
    isStopped = true;
    for (const answer of held) answer();
    const summary = await run.finished;
    expect(summary).toMatchObject({
      endReason: 'interrupted',
      total: { requests: server.total(), failures: 0 },
    });
    expect(server.total()).toBeGreaterThanOrEqual(2);
  });

  it('ends at once when it is cut, and counts what was in flight', async () => {
    const server = await startCountingServer(() => {});
    const run = await startLoad({ url: server.url, users: 4, workerThreads: 2 });
    await server.arrived(4);
    run.cut();
    const summary = await run.finished;
    expect(summary.errors).toMatchObject([{ message: 'cut off when the run was interrupted', count: 4 }]);
  });

  it('counts refused connections as failures without dialling in a spin', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const summary = await runLoad({ url: `http://127.0.0.1:${port}`, users: 2, durationMs: 350 });
    expect(summary.total.failures).toBe(summary.total.requests);
    expect(summary.total.requests).toBeGreaterThanOrEqual(2);
    expect(summary.total.requests).toBeLessThanOrEqual(8);
    expect(summary.connectionsOpened).toBe(0);
    expect(summary.errors).toMatchObject([{ message: `127.0.0.1:${port} refused the connection.` }]);
  });

  it('fails requests that take longer than their time limit', async () => {
    const server = await startCountingServer(() => {});
    const summary = await runLoad({ url: server.url, iterations: 1, requestTimeoutMs: 50 });
    expect(summary.total).toMatchObject({ requests: 1, failures: 1, statuses: { none: 1 } });
    expect(summary.errors[0]?.message).toContain('within 50 ms');
  });

  it('F26 measures and ends by the monotonic clock, whatever the wall clock does', async () => {
    const server = await startCountingServer();
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => -3_600_000 * Math.random());
    try {
      const summary = await runLoad({ url: server.url, durationMs: 200 });
      expect(summary.total.minMs).toBeGreaterThan(0);
      expect(summary.durationMs).toBeGreaterThanOrEqual(200);
      expect(summary.total.maxMs).toBeLessThanOrEqual(summary.durationMs);
    } finally {
      wall.mockRestore();
    }
  });

  it('tells its progress until the figures are final', async () => {
    const server = await startCountingServer();
    const seen: { requests: number; users: number }[] = [];
    const run = await startLoad({ url: server.url, users: 2, iterations: 500 }, (progress) =>
      seen.push(progress),
    );
    const summary = await run.finished;
    expect(seen.at(-1)).toMatchObject({
      requests: summary.total.requests,
      users: 2,
      failures: 0,
      durationMs: null,
    });
    expect(run.progress.at(-1)).toEqual(seen.at(-1));
  });

  it.each([
    [{ url: 'ftp://x' }, TypeError],
    [{ url: '' }, TypeError],
    [{ url: 'http://x/', method: 'G T' }, TypeError],
    [{ url: 'http://x/', headers: { 'X-A': 'a\r\nb: c' } }, TypeError],
    [{ url: 'http://x/', users: 0 }, RangeError],
    [{ url: 'http://x/', workerThreads: 0 }, RangeError],
    [{ url: 'http://x/', requestTimeoutMs: 0 }, RangeError],
    [{ url: 'http://x/', expect: [20] }, RangeError],
    [{ url: 'http://x/', seed: -1 }, RangeError],
  ])('rejects %j before anything starts', async (options, kind) => {
    await expect(runLoad(options)).rejects.toBeInstanceOf(kind);
  });
});
