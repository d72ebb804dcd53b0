// The one writer of a worker, before a database that takes chunks, refuses them, or is away.
import type { Chunk, ChunkOutcome } from '@trafficflux/campaigns';
import { createLogger } from '@trafficflux/service-kit';
import { afterEach, expect, test } from 'vitest';
import { createOwnRun } from '../../test/own-run.ts';
import type { CampaignRun } from '../runs/campaign-run.ts';
import { Runs } from '../runs/runs.ts';
import { Trouble } from '../trouble.ts';
import { Flush } from './flush.ts';

type Outcomes = ReadonlyMap<string, ChunkOutcome>;

const flushes: Flush[] = [];
afterEach(async () => {
  for (const flush of flushes.splice(0)) await flush.close();
});

/** A flush whose writes the test answers itself, one after the other. */
function start() {
  const runs = new Runs();
  const writes: { chunks: readonly Chunk[]; answer: (outcomes: Outcomes) => void; fail: () => void }[] = [];
  const fenced: CampaignRun[] = [];
  const lines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(JSON.parse(line).msg) },
  });
  let isOver = false;
  const flush = new Flush({
    writer: {
      write(chunks) {
        if (isOver) return Promise.resolve(writtenOf(chunks));
        const { promise, resolve, reject } = Promise.withResolvers<Outcomes>();
        writes.push({ chunks, answer: resolve, fail: () => reject(new Error('away')) });
        return promise;
      },
    },
    runs,
    trouble: new Trouble(logger, 'chunks cannot be written'),
    onWritten: () => {},
    onFenced(run) {
      fenced.push(run);
      runs.drop(run);
    },
    onFailed: () => {},
    onBeat: () => {},
    onFlushed: () => {},
  });
  flushes.push(flush);
  /** A run that has this many entries to write. */
  const add = (campaignId: string, entries: number) => {
    const run = createOwnRun(
      performance.now() - 45 - 10 * entries,
      {},
      { campaignId, durationMinutes: entries / 6000 },
    );
    runs.add(run);
    return run;
  };
  return {
    flush,
    runs,
    writes,
    fenced,
    lines,
    add,
    /** Every later write succeeds. */
    relax() {
      isOver = true;
      for (const { chunks, answer } of writes) answer(writtenOf(chunks));
    },
  };
}

const writtenOf = (chunks: readonly Chunk[]): Outcomes =>
  new Map(chunks.map(({ campaignId }) => [campaignId, 'written']));
const sequencesOf = (chunks: readonly Chunk[]) =>
  chunks.map(({ campaignId, firstSequence, lastSequence }) => [campaignId, firstSequence, lastSequence]);

test('all runs are written with one statement, and no second one is under way beside it', async () => {
  const { flush, writes, add, relax } = start();
  add('a', 10);
  add('b', 20);
  flush.now();
  flush.now();
  await expect.poll(() => writes.length).toBe(1);
  expect(sequencesOf(writes[0]?.chunks ?? [])).toEqual([
    ['a', 1, 10],
    ['b', 1, 20],
  ]);
  add('c', 5);
  flush.now();
  expect(writes).toHaveLength(1);
  writes[0]?.answer(writtenOf(writes[0].chunks));
  await expect.poll(() => writes.length).toBe(2);
  expect(sequencesOf(writes[1]?.chunks ?? [])).toEqual([['c', 1, 5]]);
  relax();
});

test('what could not be written is tried again as it is; trouble is told once', async () => {
  const { flush, writes, add, lines, relax } = start();
  const run = add('a', 10);
  flush.now();
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect.poll(() => writes.length).toBe(attempt + 1);
    writes[attempt]?.fail();
  }
  await expect.poll(() => writes.length).toBe(4);
  const attempts = writes.map(({ chunks }) => chunks[0]);
  expect(new Set(attempts).size).toBe(1);
  expect(lines).toEqual(['chunks cannot be written']);
  relax();
  await expect.poll(() => run.lastSequence).toBe(10);
  expect(lines).toEqual(['chunks cannot be written', 'no longer: chunks cannot be written']);
});

test('a run that was fenced is given up; the others are not touched by it', async () => {
  const { flush, writes, add, fenced, relax } = start();
  const [lost, kept] = [add('a', 10), add('b', 10)];
  flush.now();
  await expect.poll(() => writes.length).toBe(1);
  writes[0]?.answer(
    new Map([
      ['a', 'fenced'],
      ['b', 'written'],
    ]),
  );
  await expect.poll(() => kept.lastSequence).toBe(10);
  expect(fenced).toEqual([lost]);
  expect([lost.lastSequence, lost.state]).toEqual([0, 'over']);
  relax();
});

test('much is written in chunks of 500 and in bounded transactions, every run in its turn', async () => {
  const { flush, writes, add, relax } = start();
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const id of ids) add(id, 700);
  flush.now();
  await expect.poll(() => writes.length).toBe(1);
  expect(sequencesOf(writes[0]?.chunks ?? [])).toEqual(ids.slice(0, 5).map((id) => [id, 1, 500]));
  writes[0]?.answer(writtenOf(writes[0].chunks));
  await expect.poll(() => writes.length).toBe(2);
  expect(sequencesOf(writes[1]?.chunks ?? []).slice(0, 2)).toEqual([
    ['f', 1, 500],
    ['g', 1, 500],
  ]);
  relax();
});

test('the next chunk is made while one is written, and waits for its fate', async () => {
  const { flush, writes, add, relax } = start();
  const run = add('a', 1200);
  const made: number[] = [];
  const makeAhead = run.makeAhead.bind(run);
  run.makeAhead = (now, limit) => {
    made.push(writes.length);
    makeAhead(now, limit);
  };
  flush.now();
  await expect.poll(() => made).toEqual([1]);
  writes[0]?.fail();
  await expect.poll(() => writes.length).toBe(2);
  expect(writes[1]?.chunks).toEqual(writes[0]?.chunks);
  writes[1]?.answer(writtenOf(writes[1].chunks));
  await expect.poll(() => writes.length).toBe(3);
  expect(sequencesOf(writes[2]?.chunks ?? [])).toEqual([['a', 501, 1000]]);
  relax();
  await expect.poll(() => run.lastSequence).toBe(1200);
});

test('what was made ahead of a fenced chunk is never written', async () => {
  const { flush, writes, add, fenced, relax } = start();
  const run = add('a', 1200);
  flush.now();
  await expect.poll(() => writes.length).toBe(1);
  writes[0]?.answer(new Map([['a', 'fenced']]));
  await expect.poll(() => fenced).toEqual([run]);
  relax();
  await flush.close();
  expect(writes).toHaveLength(1);
});

test('a run that was dropped while its chunk was on the way takes no notice of the answer', async () => {
  const { flush, runs, writes, add, fenced, relax } = start();
  const run = add('a', 10);
  flush.now();
  await expect.poll(() => writes.length).toBe(1);
  runs.drop(run);
  writes[0]?.answer(new Map([['a', 'fenced']]));
  await flush.close();
  expect(fenced).toEqual([]);
  expect(run.lastSequence).toBe(0);
  relax();
});

test('the last write takes what is finished by then', async () => {
  const { flush, writes, add, relax } = start();
  relax();
  const run = add('a', 10);
  await flush.close();
  expect(run.lastSequence).toBe(10);
  expect(writes).toEqual([]);
});
