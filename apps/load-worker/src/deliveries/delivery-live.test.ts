// Live requests: when they start, and what is recorded of them.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '@trafficflux/load-engine';
import { expect, test } from 'vitest';
import { toOwnedRun } from '../../test/plans.ts';
import { createGrid } from '../runs/grid.ts';
import { createRunClock } from '../runs/run-clock.ts';
import { LiveDelivery } from './delivery-live.ts';

const STEADY = { jitter: () => 0 };

/** A target that answers as it is told, and a delivery of one request each 10 ms that is aimed at it. */
async function aim(listener: RequestListener, { slots = 1000, connectionLimit = 100 } = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const owned = toOwnedRun({ delivery: 'live', targetUrl: url }, { slots });
  const clock = createRunClock(owned, performance.now());
  const client = createHttpClient({ url, maxConnections: connectionLimit });
  const delivery = new LiveDelivery(createGrid(owned, STEADY), clock, {
    client,
    request: {},
    connectionLimit,
  });
  return {
    delivery,
    clock,
    async [Symbol.asyncDispose]() {
      delivery.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

const answerOk: RequestListener = (_request, response) => void response.end('hello');

test('a request starts when it is due, and never before', async () => {
  await using target = await aim(answerOk);
  const { delivery } = target;
  expect(delivery.advance(0, true)).toBe(10);
  expect(delivery.nextSlot).toBe(1);
  expect(delivery.advance(9.99, true)).toBe(10);
  expect(delivery.nextSlot).toBe(1);
  expect(delivery.advance(20, true)).toBe(30);
  expect(delivery.nextSlot).toBe(3);
  expect(delivery.takeTally()).toEqual({ sent: 3, missed: 0 });
  expect(delivery.takeTally()).toEqual({ sent: 0, missed: 0 });
});

test('what could not start in time is missed, and not made up for', async () => {
  await using target = await aim(answerOk);
  const { delivery } = target;
  expect(delivery.advance(1000, true)).toBe(1010);
  // Slots 0 to 89 are more than 100 ms late.
  expect(delivery.takeTally()).toEqual({ sent: 11, missed: 90 });
  expect(delivery.nextSlot).toBe(101);
});

test('nothing starts while nobody knows whether the run was stopped', async () => {
  await using target = await aim(answerOk);
  const { delivery } = target;
  expect(delivery.advance(50, false)).toBe(60);
  expect(delivery.takeTally()).toEqual({ sent: 0, missed: 0 });
  expect(delivery.nextSlot).toBe(0);
  delivery.advance(150, false);
  expect(delivery.takeTally()).toEqual({ sent: 0, missed: 5 });
  delivery.advance(150, true);
  expect(delivery.takeTally()).toEqual({ sent: 11, missed: 0 });
});

test('an answer is recorded as it was measured', async () => {
  const statuses = [200, 404, 302];
  await using target = await aim((_request, response) => {
    response.writeHead(statuses.shift() ?? 500).end('hello');
  });
  const { delivery, clock } = target;
  for (const due of [0, 10, 20]) {
    const earliest = clock.toRunMs(performance.now());
    delivery.advance(due, true);
    await expect.poll(() => delivery.hasFinished).toBe(true);
    const [finished] = delivery.take(10);
    expect(finished?.slot).toBe(due / 10);
    expect(finished?.startedMs).toBeGreaterThanOrEqual(earliest);
    expect(finished?.completedMs).toBeLessThanOrEqual(clock.toRunMs(performance.now()));
    const { startedMs = 0, completedMs = 0 } = finished ?? {};
    expect(finished?.outcome.responseTimeUs).toBe(Math.round((completedMs - startedMs) * 100) * 10);
    expect(finished?.outcome).toMatchObject(
      [
        { success: true, statusCode: 200, responseSize: 5, error: null },
        {
          success: false,
          statusCode: 404,
          responseSize: 5,
          error: 'The target answered with status 404.',
        },
        { success: true, statusCode: 302, error: null },
      ][due / 10] ?? {},
    );
  }
});

test('requests are taken in the order in which they completed', async () => {
  const waiting: (() => void)[] = [];
  await using target = await aim((_request, response) => {
    waiting.push(() => response.end('late'));
  });
  const { delivery } = target;
  delivery.advance(20, true);
  await expect.poll(() => waiting.length).toBe(3);
  expect(delivery.underWay).toBe(3);
  expect(delivery.hasFinished).toBe(false);
  for (const [index, answer] of waiting.reverse().entries()) {
    answer();
    await expect.poll(() => delivery.underWay).toBe(2 - index);
  }
  const finished = [...delivery.take(2), ...delivery.take(2)];
  expect(finished).toHaveLength(3);
  const completions = finished.map(({ completedMs }) => completedMs);
  expect(completions).toEqual(completions.toSorted((a, b) => a - b));
});

test('a request that finds every connection busy has failed, unsent', async () => {
  await using target = await aim(() => {}, { connectionLimit: 2 });
  const { delivery } = target;
  delivery.advance(20, true);
  await expect.poll(() => delivery.hasFinished).toBe(true);
  expect(delivery.takeTally()).toEqual({ sent: 2, missed: 0 });
  expect(delivery.take(10).map(({ slot, outcome }) => [slot, outcome.success, outcome.error])).toEqual([
    [2, false, expect.stringMatching(/^All 2 connections to .+ were busy\.$/)],
  ]);
});

test('it is done when every request is over and counted', async () => {
  await using target = await aim(answerOk, { slots: 2 });
  const { delivery } = target;
  expect(delivery.advance(500, true)).toBe(Number.POSITIVE_INFINITY);
  expect(delivery.isDone).toBe(false);
  expect(delivery.takeTally()).toEqual({ sent: 0, missed: 2 });
  expect(delivery.isDone).toBe(true);
});

test('what is under way when it is closed is not recorded', async () => {
  const arrived = Promise.withResolvers<void>();
  await using target = await aim(() => arrived.resolve());
  const { delivery } = target;
  delivery.advance(0, true);
  await arrived.promise;
  delivery.close();
  await expect.poll(() => delivery.underWay).toBe(0);
  expect(delivery.hasFinished).toBe(false);
  expect(delivery.advance(1000, true)).toBe(Number.POSITIVE_INFINITY);
  expect(delivery.takeTally().sent).toBe(1);
});
