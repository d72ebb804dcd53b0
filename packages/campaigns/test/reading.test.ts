import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChunkReader, type EntryRange, packEntries } from '../src/index.ts';
import {
  openTestCampaigns,
  type TestCampaigns,
  type TestEntry,
  toChunk,
  toEntry,
  toPlan,
} from './campaigns.ts';

let campaigns: TestCampaigns;
let id: string;
let epoch: number;

beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());
beforeEach(async () => {
  id = await campaigns.start();
  epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
});

async function store(count: number, size = 10): Promise<void> {
  for (let last = 0; last < count; last += size)
    await campaigns.writer.write([toChunk(id, epoch, last, Math.min(size, count - last))]);
}

const read = (range: EntryRange = {}, signal = new AbortController().signal) =>
  campaigns.reader.read(id, range, signal)[Symbol.asyncIterator]();

async function readAll(range: EntryRange = {}): Promise<TestEntry[]> {
  const reading = read(range);
  const entries = [];
  for (let step = await reading.next(); !step.done; step = await reading.next())
    entries.push(...JSON.parse(String(step.value.entries)));
  return entries;
}

/** A reader that tells how many stored bytes each page of it had so far. */
function watchPages() {
  const pages: number[] = [];
  const query = async (statement: pg.QueryConfig) => {
    const result = await campaigns.pool.query(statement);
    if (statement.name === 'read-page')
      pages.push(result.rows.reduce((sum, { stored }) => sum + stored.length, 0));
    return result;
  };
  const pool = Object.assign(Object.create(campaigns.pool), { query });
  return { pages, reading: createChunkReader(pool).read(id, {}, new AbortController().signal) };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => toEntry(from + index));

describe('reading', () => {
  it('gives every entry as it was written, in order, across any number of pages', async () => {
    await store(1000, 3);
    expect(await readAll()).toEqual(numbers(1, 1000));
  });

  it('gives the chunks that hold a range, and none beyond what is stored', async () => {
    await store(100);
    expect(await readAll({ from: 35, to: 44 })).toEqual(numbers(31, 50));
    expect(await readAll({ from: 95, to: 5000 })).toEqual(numbers(91, 100));
    expect(await readAll({ from: 101 })).toEqual([]);
    expect(await readAll({ from: 7, to: 6 })).toEqual([]);
    id = 'unknown';
    expect(await readAll({ to: 10 })).toEqual([]);
  });

  it('ends with what was stored at its start', async () => {
    await store(100);
    const reading = read();
    await reading.next();
    await campaigns.writer.write([toChunk(id, epoch, 100, 10)]);
    let last = 0;
    for (let step = await reading.next(); !step.done; step = await reading.next())
      last = step.value.lastSequence;
    expect(last).toBe(100);
  });

  it('fetches 128 KiB as stored and a chunk at most at once, however the sizes of chunks jump', async () => {
    const size = 150_000;
    for (let last = 0; last < 60; last++) {
      const text = randomBytes(size / 2).toString('hex');
      const entry = last < 20 ? toEntry(last + 1) : { ...toEntry(last + 1), text };
      const entries = packEntries(JSON.stringify([entry]));
      await campaigns.writer.write([{ ...toChunk(id, epoch, last, 1), entries }]);
    }
    const { pages, reading } = watchPages();
    let count = 0;
    for await (const _ of reading) count++;
    expect(count).toBe(60);
    expect(pages.length).toBeGreaterThan(4);
    expect(Math.max(...pages)).toBeLessThan(128 * 1024 + size);
  });

  it('fetches nothing ahead of its reader', async () => {
    await store(600, 1);
    const { pages, reading } = watchPages();
    const asked: number[] = [];
    for await (const _ of reading) asked.push(pages.length);
    expect(asked).toEqual(numbers(1, 600).map((_, index) => Math.floor(index / 256) + 1));
  });

  it('gives what was stored as plain JSON as it gives what is packed', async () => {
    await store(300, 100);
    for (let last = 100; last <= 300; last += 200) {
      const text = JSON.stringify(numbers(last - 99, last));
      await campaigns.ask(
        "UPDATE chunks SET entries = convert_to($2, 'UTF8') WHERE campaign_id = $1 AND last_sequence = $3",
        [id, text, last],
      );
    }
    const [row] = await campaigns.ask(
      'SELECT count(*) FILTER (WHERE length(entries) < bytes)::int AS packed FROM chunks WHERE campaign_id = $1',
      [id],
    );
    expect(row).toEqual({ packed: 1 });
    expect(await readAll()).toEqual(numbers(1, 300));
  });

  it.each([
    ['says', 1000],
    ['any chunk has', 256 * 1024 * 1024],
  ])(
    'ends in an error at a chunk that is packed tighter than it %s, and takes no memory for it',
    async (_, bytes) => {
      await store(10);
      const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
      await campaigns.ask('UPDATE chunks SET entries = $2, bytes = $3 WHERE campaign_id = $1', [
        id,
        bomb,
        bytes,
      ]);
      const before = process.memoryUsage().rss;
      await expect(readAll()).rejects.toThrow(RangeError);
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    },
  );

  it('leaves nothing out in silence: it ends where an entry is missing', async () => {
    await store(100);
    await campaigns.ask('DELETE FROM chunks WHERE campaign_id = $1 AND first_sequence = 51', [id]);
    expect(await readAll()).toEqual(numbers(1, 50));
  });

  it('ends when its reader has gone, and holds no connection meanwhile', async () => {
    await store(100);
    const gone = new AbortController();
    const reading = read({}, gone.signal);
    await reading.next();
    expect(campaigns.pool.totalCount - campaigns.pool.idleCount).toBe(0);
    gone.abort();
    expect((await reading.next()).done).toBe(true);
  });

  it('never goes on with the entries of a later run in place of purged ones', async () => {
    // More chunks than a page has, so that the reader has to ask again.
    await store(600, 1);
    const reading = read();
    await reading.next();
    await campaigns.states.cleanup(id, true, 'api');
    await campaigns.states.change(id, 'running', 'api');
    await campaigns.states.start(id, toPlan(id), 'api');
    epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    await store(600, 1);
    let last = 1;
    for (let step = await reading.next(); !step.done; step = await reading.next())
      last = step.value.lastSequence;
    expect(last).toBeLessThan(600);
  });
});
