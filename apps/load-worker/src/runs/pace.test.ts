// One timer for all runs: what it asks of them, and when.
import { afterEach, expect, test } from 'vitest';
import { createPlainGenerator } from '../../test/generator.ts';
import { toOwnedRun } from '../../test/plans.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { CampaignRun } from './campaign-run.ts';
import { createGrid } from './grid.ts';
import { Pace } from './pace.ts';
import { createRunClock } from './run-clock.ts';
import { Runs } from './runs.ts';

const paces: Pace[] = [];
afterEach(() => {
  for (const pace of paces.splice(0)) pace.close();
});

/** A live run that writes down whether requests might start. */
function createWatchedRun() {
  const owned = toOwnedRun({ delivery: 'live' });
  const generator = createPlainGenerator();
  const asked: boolean[] = [];
  const delivery: Delivery = {
    advance(_runMs, mayStart) {
      asked.push(mayStart);
      return Number.POSITIVE_INFINITY;
    },
    hasFinished: false,
    take: () => [],
    total: { sent: 0, missed: 0 },
    takeTally: () => ({ sent: 0, missed: 0 }),
    nextSlot: 0,
    underWay: 0,
    isDone: false,
    close() {},
  };
  const now = performance.now();
  const grid = createGrid(owned, generator);
  const clock = createRunClock(owned, now);
  return { run: new CampaignRun({ owned, clock, grid, generator, delivery, claimSentAt: now }), asked };
}

function start(runs: Runs, frozenAfterMs = 60_000) {
  const told: string[] = [];
  const pace = new Pace({
    runs,
    frozenAfterMs,
    onUrgent: () => told.push('urgent'),
    onOver: () => told.push('over'),
    onStuck: () => told.push('stuck'),
    onFrozen: () => told.push('frozen'),
  });
  paces.push(pace);
  return { pace, told };
}

test('live requests start only while the run was seen to be ours within 0.9 s', () => {
  const runs = new Runs();
  const { run, asked } = createWatchedRun();
  runs.add(run);
  const { pace } = start(runs);
  for (const ageMs of [0, 400, 901, 5000, 0]) {
    run.confirmedAt = performance.now() - ageMs;
    run.dueAt = 0;
    asked.splice(0);
    pace.look();
    expect([ageMs, asked]).toEqual([ageMs, [ageMs < 900]]);
  }
});

test('a renewal and a chunk that was written confirm a run from when they were sent', () => {
  const { run } = createWatchedRun();
  const before = run.confirmedAt;
  run.onRenewed(before + 10);
  expect([run.confirmedAt, run.renewedAt]).toEqual([before + 10, before + 10]);
  run.onRenewed(before + 5);
  expect(run.confirmedAt).toBe(before + 10);
});

test('no request starts in a run whose worker is about to end', () => {
  const runs = new Runs();
  const { run, asked } = createWatchedRun();
  runs.add(run);
  run.startNothing();
  start(runs).pace.look();
  expect(asked).toEqual([false]);
});

test('a process that did nothing for longer than a lease notices', () => {
  const { pace, told } = start(new Runs(), 20);
  const until = performance.now() + 30;
  while (performance.now() < until);
  pace.look();
  expect(told).toEqual(['frozen']);
});

test('a process that looks in time is not taken for frozen', () => {
  const { pace, told } = start(new Runs());
  pace.look();
  pace.look();
  expect(told).toEqual([]);
});
