// Simulated requests keep the grid, whatever their latency and whenever somebody looks.
import { describe, expect, test } from 'vitest';
import { createPlainGenerator } from '../../test/generator.ts';
import { toOwnedRun } from '../../test/plans.ts';
import { createGrid } from '../runs/grid.ts';
import type { Finished } from './delivery.ts';
import { SimulatedDelivery } from './delivery-simulated.ts';

interface Aim {
  readonly rate: number;
  readonly jitter?: number;
  readonly latencyMs?: number;
  readonly slots?: number;
  readonly elapsedMs?: number;
  readonly nextSlot?: number;
}

function start({ rate, jitter = 0, latencyMs = 500, slots, elapsedMs = 0, nextSlot = 0 }: Aim) {
  const durationMinutes = slots === undefined ? null : slots / rate;
  const owned = toOwnedRun(
    { requestsPerMinute: rate, latencyMs: [0, latencyMs], durationMinutes },
    { slots: slots ?? null, elapsedMs, nextSlot },
  );
  const generator = createPlainGenerator({ jitter, latencyMs });
  return new SimulatedDelivery(owned.plan, createGrid(owned, generator), generator);
}

/** Looks at it at odd times until it has run so long, and takes what is finished each time. */
function play(delivery: SimulatedDelivery, untilMs: number, lookMs: number): Finished[] {
  const all: Finished[] = [];
  for (let now = 0; now <= untilMs; now += lookMs) {
    delivery.advance(now);
    for (const finished of delivery.take(Number.POSITIVE_INFINITY)) {
      expect(finished.completedMs).toBeLessThanOrEqual(now);
      all.push(finished);
    }
  }
  return all;
}

describe.each([1, 7, 60, 999, 6000])('at %d a minute', (rate) => {
  const gapMs = 60_000 / rate;

  test.each([0, 0.2])(
    'the count in any window is rate × window, at most 2 or 1 %% off; jitter %d',
    (jitter) => {
      const spanMs = Math.min(400 * gapMs, 600_000);
      const all = play(start({ rate, jitter }), spanMs, Math.max(1, gapMs * 0.77));
      const times = all.map(({ completedMs }) => completedMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      for (const windowMs of [gapMs / 2, gapMs, 3.3 * gapMs, 10 * gapMs, 60 * gapMs, 250 * gapMs]) {
        for (let from = 500; from + windowMs <= spanMs; from += windowMs / 3.7) {
          const count = times.filter((time) => time >= from && time < from + windowMs).length;
          const due = windowMs / gapMs;
          expect(Math.abs(count - due)).toBeLessThanOrEqual(Math.max(2, due * 0.01));
        }
      }
    },
  );

  test('each slot comes once, in order, and its latency has gone by', () => {
    const all = play(start({ rate, jitter: 0.2 }), 100 * gapMs, 0.9 * gapMs);
    expect(all.map(({ slot }) => slot)).toEqual(all.map((_, index) => index));
    for (const { startedMs, completedMs, outcome } of all)
      expect(completedMs - startedMs).toBeCloseTo(outcome.responseTimeUs / 1000, 6);
  });
});

test('a look tells when the next request is over', () => {
  const delivery = start({ rate: 6000, latencyMs: 50 });
  expect(delivery.advance(0)).toBe(50);
  expect(delivery.hasFinished).toBe(false);
  expect(delivery.advance(50)).toBe(60);
  expect(delivery.hasFinished).toBe(true);
});

test('a run that is taken over begins with the slot that the claim names, and nothing before the claim', () => {
  const delivery = start({ rate: 1, jitter: 0.2, latencyMs: 0, elapsedMs: 60_000 * 41, nextSlot: 41 });
  delivery.advance(60_000 * 60);
  const all = delivery.take(100);
  expect(all[0]?.slot).toBe(41);
  for (const { completedMs } of all) expect(completedMs).toBeGreaterThanOrEqual(60_000 * 41);
});

test('what a worker before had begun is over in its turn, not all at once', () => {
  // 100 a second, half a second of latency: the slots from 150 on are under way at 2 s.
  const delivery = start({ rate: 6000, elapsedMs: 2000, nextSlot: 150 });
  delivery.advance(2100);
  expect(delivery.take(100).map(({ completedMs }) => completedMs)).toEqual(
    Array.from({ length: 11 }, (_, index) => 2000 + 10 * index),
  );
});

test('it is done after its last slot, and not later than its end and the longest latency', () => {
  const delivery = start({ rate: 600, jitter: 0.2, slots: 10 });
  const all = play(delivery, 1500, 10);
  expect(all).toHaveLength(10);
  expect(delivery.isDone).toBe(true);
  expect(delivery.advance(1500)).toBe(Number.POSITIVE_INFINITY);
});

test('what is taken in pieces is the same as what is taken at once', () => {
  const whole = start({ rate: 6000, jitter: 0.2 });
  const pieces = start({ rate: 6000, jitter: 0.2 });
  whole.advance(5000);
  pieces.advance(5000);
  const taken = [];
  while (pieces.hasFinished) taken.push(...pieces.take(7));
  expect(taken).toEqual(whole.take(Number.POSITIVE_INFINITY));
  expect(pieces.nextSlot).toBe(whole.nextSlot);
});
