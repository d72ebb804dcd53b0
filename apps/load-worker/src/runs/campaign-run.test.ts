// How an owned run turns what is finished into chunks.
import { type Chunk, type OwnedRun, type RunPlan, unpackEntries } from '@trafficflux/campaigns';
import { describe, expect, test } from 'vitest';
import type { PlainEntry } from '../../test/generator.ts';
import { createOwnRun } from '../../test/own-run.ts';

const START = 1_000_000;

const own = (fields: Partial<OwnedRun> = {}, plan: Partial<RunPlan> = {}) =>
  createOwnRun(START, fields, plan);

const entriesOf = (chunk: Pick<Chunk, 'entries'> | null): PlainEntry[] =>
  chunk === null ? [] : JSON.parse(String(unpackEntries(chunk.entries)));

describe('a chunk', () => {
  test('holds what is finished, numbered on from what is stored, with figures that a recount gives', () => {
    const run = own({ epoch: 9, lastSequence: 40, nextSlot: 100, elapsedMs: 1000 });
    const chunk = run.takeChunk(START + 145, 500);
    const entries = entriesOf(chunk);
    expect(entries.map(({ slot }) => slot)).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109]);
    expect(entries.map(({ sequence }) => sequence)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(chunk).toMatchObject({
      campaignId: 'session_1',
      epoch: 9,
      firstSequence: 41,
      lastSequence: 50,
      nextSlot: 110,
      sentRequests: 0,
      missedRequests: 0,
      successfulRequests: entries.filter(({ success }) => success).length,
      firstEntryAt: entries[0]?.completedAt,
      lastEntryAt: entries.at(-1)?.completedAt,
      lastEntry: JSON.stringify(entries.at(-1)),
      newValues: [{ kind: 'geo_location', value: 'Canada' }],
    });
  });

  test('has times of the server, on its grid, whatever the clock of this machine says', () => {
    const run = own({ elapsedMs: 1000, nextSlot: 100, serverTime: Date.parse('2031-05-05T05:05:05.000Z') });
    const [first, second] = entriesOf(run.takeChunk(START + 100, 500));
    expect(new Date(first?.completedAt ?? 0).toISOString()).toBe('2031-05-05T05:05:05.050Z');
    expect(second?.completedAt).toBe((first?.completedAt ?? 0) + 10);
  });

  test('is given again as it is until its fate is known', () => {
    const run = own();
    const chunk = run.takeChunk(START + 100, 500);
    expect(run.takeChunk(START + 200, 500)).toBe(chunk);
    expect(run.takeChunk(START + 900, 1)).toBe(chunk);
    if (chunk === null) throw new Error('nothing was finished');
    run.onWritten(chunk, START + 900);
    expect(run.takeChunk(START + 200, 500)).toMatchObject({
      firstSequence: chunk.lastSequence + 1,
      newValues: [],
    });
  });

  test('is not longer than it may be; the rest follows', () => {
    const run = own();
    const slots: number[] = [];
    for (let round = 0; round < 3; round++) {
      const chunk = run.takeChunk(START + 10_000, 500);
      if (chunk === null) break;
      slots.push(...entriesOf(chunk).map(({ slot }) => slot));
      run.onWritten(chunk, START);
    }
    expect(slots).toEqual(Array.from({ length: 996 }, (_, slot) => slot));
  });

  test('is none while nothing is finished', () => {
    const run = own();
    expect(run.takeChunk(START + 49, 500)).toBeNull();
    expect(run.takeChunk(START + 50, 500)?.lastSequence).toBe(1);
  });
});

describe('the chunk that follows', () => {
  const written = (run: ReturnType<typeof own>) => {
    const chunk = run.takeChunk(START + 12_000, 500);
    if (chunk !== null) run.onWritten(chunk, START);
    return chunk;
  };

  test('may be made while the one before is written, and is the same as if it were made after it', () => {
    const [ahead, after] = [own(), own()];
    for (let round = 0; round < 3; round++) {
      ahead.takeChunk(START + 12_000, 500);
      for (let time = 0; time < 2; time++) ahead.makeAhead(START + 12_000, 500);
      expect(written(ahead)).toEqual(written(after));
    }
    expect(ahead.lastSequence).toBe(1196);
    expect([written(ahead), written(after)]).toEqual([null, null]);
  });

  test('waits until the fate of the one before is known', () => {
    const run = own();
    const first = run.takeChunk(START + 12_000, 500);
    run.makeAhead(START + 12_000, 500);
    expect(run.takeChunk(START + 13_000, 500)).toBe(first);
    expect([written(run)?.lastSequence, written(run)?.lastSequence]).toEqual([500, 1000]);
  });

  test('is not made while nothing is written, and keeps its run from being over', () => {
    const run = own({}, { durationMinutes: 10 / 6000, latencyMs: [0, 0] });
    run.makeAhead(START + 40, 500);
    expect(written(run)?.lastSequence).toBe(10);
    const other = own({}, { durationMinutes: 10 / 6000, latencyMs: [0, 0] });
    const first = other.takeChunk(START + 12_000, 5);
    other.makeAhead(START + 12_000, 500);
    if (first !== null) other.onWritten(first, START);
    expect(other.isOver(START + 12_000)).toBe(false);
    expect(written(other)?.lastSequence).toBe(10);
    expect(other.isOver(START + 12_000)).toBe(true);
  });

  test('is given up with its run', () => {
    const run = own();
    run.takeChunk(START + 12_000, 500);
    run.makeAhead(START + 12_000, 500);
    run.close();
    expect(run.takeChunk(START + 12_000, 500)).toBeNull();
  });
});

test('only the first entries are urgent', () => {
  const run = own();
  run.advance(START, true);
  expect(run.isUrgent).toBe(false);
  expect(run.dueAt).toBe(START + 50);
  run.advance(START + 50, true);
  expect(run.isUrgent).toBe(true);
  const chunk = run.takeChunk(START + 50, 500);
  expect(run.isUrgent).toBe(false);
  if (chunk !== null) run.onWritten(chunk, START + 50);
  run.advance(START + 60, true);
  expect([run.isUrgent, run.dueAt]).toEqual([false, Number.POSITIVE_INFINITY]);
});

test('a run is over when its time is, and everything is stored', () => {
  const run = own({}, { requestsPerMinute: 600, durationMinutes: 1 / 60, latencyMs: [0, 0] });
  const chunk = run.takeChunk(START + 950, 500);
  expect(chunk?.lastSequence).toBe(10);
  expect(run.isOver(START + 2000)).toBe(false);
  if (chunk !== null) run.onWritten(chunk, START + 950);
  expect(run.isOver(START + 999)).toBe(false);
  expect(run.isOver(START + 1000)).toBe(true);
  expect([run.runRequests, run.progressPercentage]).toEqual([10, 100]);
});

test('a run that can store nothing for half a minute is stuck', () => {
  const run = own();
  run.takeChunk(START + 100, 500);
  expect(run.isStuck(START + 30_000)).toBe(false);
  expect(run.isStuck(START + 30_101)).toBe(true);
});

test('a run that is no longer ours gives no chunk', () => {
  const run = own();
  run.takeChunk(START + 100, 500);
  run.close();
  expect(run.takeChunk(START + 200, 500)).toBeNull();
  expect(run.isOver(START + 1e9)).toBe(false);
});
