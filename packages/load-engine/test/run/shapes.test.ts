import { describe, expect, it } from 'vitest';
import { defineScenario, runLoad, startLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

describe('a load by a rate', () => {
  it('starts exactly what was planned, over threads, and tells response from service times', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url, rate: 200, durationMs: 500, workerThreads: 2 });
    expect(server.total()).toBe(100);
    expect(summary).toMatchObject({
      total: { requests: 100, failures: 0 },
      starts: { planned: 100, started: 100, dropped: 0 },
      endReason: 'duration',
    });
    const { total } = summary;
    expect(total.averageMs).toBeGreaterThanOrEqual(total.service.averageMs ?? Number.NaN);
  });

  it('F25 goes on while the server is frozen: each response time reaches back to its planned start', async () => {
    const arrivals: number[] = [];
    const held: (() => void)[] = [];
    const server = await startCountingServer((_, response) => {
      arrivals.push(performance.now());
      held.push(() => response.end());
    });
    const finished = runLoad({ url: server.url, rate: 50, durationMs: 200, graceMs: 20_000 });
    await server.arrived(10);
    const releasedAt = performance.now();
    for (const answer of held) answer();
    const summary = await finished;
    expect(summary).toMatchObject({ total: { requests: 10, failures: 0 }, starts: { dropped: 0 } });
    // What the server knows that each was held, the histogram must have counted at the least.
    const heldMs = arrivals.map((at) => releasedAt - at).sort((left, right) => left - right);
    const times = summary.distribution.flatMap(([upToMs, count]) => Array<number>(count).fill(upToMs));
    for (const [index, ms] of heldMs.entries()) expect(times[index]).toBeGreaterThan(ms * 0.999);
  });

  it('drops what is due while all users are busy, counts it, and is invalid for that', async () => {
    const held: (() => void)[] = [];
    const server = await startCountingServer((_, response) => held.push(() => response.end()));
    const run = await startLoad({
      url: server.url,
      rate: 100,
      maxUsers: 2,
      durationMs: 300,
      graceMs: 20_000,
    });
    await expect.poll(() => run.progress.at(-1)?.elapsedMs).toBeGreaterThan(300);
    for (const answer of held) answer();
    const { total, starts, verdict } = await run.finished;
    expect(starts).toMatchObject({ planned: 30, started: 2, dropped: 28 });
    expect(total.requests).toBe(2);
    expect(verdict.valid).toBe(false);
    expect(verdict.reasons[0]).toContain('28 of 30 planned starts');
  });

  it('runs a task of a scenario for each start, on users that stay', async () => {
    const server = await startCountingServer();
    const scenario = defineScenario({
      name: 'visits',
      state: () => ({ visits: 0 }),
      onStart: (user) => user.post('/login'),
      tasks: [
        {
          name: 'visit',
          run: async (user) => {
            user.state.visits += 1;
            await user.get(`/visit/${user.state.visits}`, { name: 'visit' });
          },
        },
      ],
    });
    // However slow the machine is: every start that was admitted is carried out.
    const summary = await runLoad({
      scenario,
      host: server.url,
      rate: 50,
      iterations: 20,
      durationMs: 80_000,
    });
    const visits = summary.steps.find(({ name }) => name === 'visit');
    const logins = summary.steps.find(({ name }) => name === 'POST /login');
    expect(visits?.requests).toBe(20);
    expect(summary.iterations).toBe(20);
    // Whoever is free takes the next one: fewer users than starts, each with one login.
    expect(server.counts.get('POST /login')).toBe(logins?.requests);
    expect(server.counts.get('GET /visit/1')).toBe(logins?.requests);
  });

  it('ends with its iterations where they are limited', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url, rate: 500, iterations: 17, durationMs: 60_000 });
    expect(server.total()).toBe(17);
    expect(summary).toMatchObject({ endReason: 'iterations', starts: { started: 17, dropped: 0 } });
  });
});

describe('a load in stages', () => {
  it('lets users go when their request is through, and keeps to the number that is planned', async () => {
    const server = await startCountingServer();
    const run = await startLoad({
      url: server.url,
      stages: [
        { users: 6, durationMs: 0 },
        { users: 6, durationMs: 300 },
        { users: 2, durationMs: 0 },
        { users: 2, durationMs: 1200 },
      ],
    });
    await expect.poll(() => run.progress.at(-1)?.activeUsers, { interval: 20 }).toBe(2);
    const summary = await run.finished;
    expect(summary).toMatchObject({ users: 6, connectionsOpened: 6, endReason: 'duration' });
    expect(summary.total).toMatchObject({ requests: server.total(), failures: 0 });
  });

  it('cuts off whoever is to go and gets no answer within the grace', async () => {
    const server = await startCountingServer((_, response, number) => {
      if (number > 1) response.end();
    });
    const summary = await runLoad({
      url: server.url,
      pattern: [
        [1, 0.2],
        [0, 0.3],
      ],
      graceMs: 50,
    });
    expect(summary.errors).toEqual([
      {
        step: 'GET /',
        kind: 'request',
        message: 'no answer within 50 ms after its user was to go',
        count: 1,
      },
    ]);
  });

  it('gives each user its iterations, and ends with the last one', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({ url: server.url, users: 5, iterationsPerUser: 7, workerThreads: 2 });
    expect(server.total()).toBe(35);
    expect(summary).toMatchObject({ endReason: 'iterations', iterations: 35, connectionsOpened: 5 });
  });
});

describe('several loads at once', () => {
  it('each have their shape, their start and their tag', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({
      scenarios: {
        readers: { url: `${server.url}/read`, users: 2, durationMs: 300 },
        writers: { url: `${server.url}/write`, method: 'POST', rate: 100, durationMs: 200, startTimeMs: 100 },
      },
      workerThreads: 2,
    });
    const steps = Object.fromEntries(summary.steps.map((step) => [step.tags.scenario, step]));
    expect(steps.writers).toMatchObject({ name: 'POST /write', requests: 20 });
    expect(steps.readers?.requests).toBe(server.counts.get('GET /read'));
    expect(summary).toMatchObject({ name: 'readers, writers', starts: { planned: 20, started: 20 } });
  });

  it('that end by themselves do not end the others', async () => {
    const server = await startCountingServer();
    const summary = await runLoad({
      scenarios: {
        few: { url: `${server.url}/few`, iterations: 3 },
        many: { url: `${server.url}/many`, rate: 100, durationMs: 300 },
      },
    });
    expect(server.counts.get('GET /few')).toBe(3);
    expect(server.counts.get('GET /many')).toBe(30);
    expect(summary.endReason).toBe('duration');
  });
});
