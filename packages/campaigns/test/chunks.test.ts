import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Chunk } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk } from './campaigns.ts';

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

const write = async (...chunks: Chunk[]) => [...(await campaigns.writer.write(chunks)).values()];

async function readAll(from?: number, to?: number): Promise<{ sequence: number; text: string }[]> {
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const entries = [];
  for await (const chunk of campaigns.reader.read(id, range, new AbortController().signal)) {
    entries.push(...JSON.parse(chunk.entries));
  }
  return entries;
}

/** Statistics as a recount of what is stored gives them. */
async function assertDense(): Promise<void> {
  const chunks = await campaigns.ask(
    'SELECT first_sequence::int, last_sequence::int, json_array_length(entries) AS count FROM chunks WHERE campaign_id = $1 ORDER BY 1',
    [id],
  );
  let last = 0;
  for (const { first_sequence, last_sequence, count } of chunks) {
    expect(first_sequence).toBe(last + 1);
    expect(count).toBe(Number(last_sequence) - last);
    last = Number(last_sequence);
  }
  expect(Number((await campaigns.row(id)).last_sequence)).toBe(last);
}

describe('a chunk', () => {
  it('is stored with its statistics, and comes back as it was', async () => {
    expect(await write(toChunk(id, epoch, 0, 3))).toEqual(['written']);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['written']);
    expect(await readAll()).toEqual([1, 2, 3, 4, 5].map((sequence) => ({ sequence, text: '"é😀\\' })));
    expect(await campaigns.row(id)).toMatchObject({
      last_sequence: '5',
      successful_requests: '3',
      response_time_us: '5000',
      next_slot: '5',
      last_entry: { sequence: 5 },
      first_entry_at: new Date(1_700_000_000_000),
      last_entry_at: new Date(1_700_000_000_005),
    });
    const values = await campaigns.ask('SELECT value FROM campaign_values WHERE campaign_id = $1', [id]);
    expect(values).toEqual([{ value: 'country 0' }]);
    await assertDense();
  });

  it('that is sent again after a lost answer is not stored twice', async () => {
    const chunk = toChunk(id, epoch, 0, 3);
    for (let time = 0; time < 3; time++) expect(await write(chunk)).toEqual(['written']);
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '3', successful_requests: '2' });
    const many = await Promise.all([0, 1, 2, 3].map(() => write(toChunk(id, epoch, 3, 4))));
    expect(many.flat()).toEqual(['written', 'written', 'written', 'written']);
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '7', successful_requests: '4' });
    await assertDense();
  });

  it('without entries moves the run on, once', async () => {
    const chunk: Chunk = {
      ...toChunk(id, epoch, 0, 0),
      nextSlot: 7,
      sentRequests: 5,
      missedRequests: 2,
      newValues: [],
    };
    expect(await write(chunk)).toEqual(['written']);
    expect(await write(chunk)).toEqual(['written']);
    expect(await campaigns.row(id)).toMatchObject({
      last_sequence: '0',
      next_slot: '7',
      sent_requests: '5',
      missed_requests: '2',
      first_entry_at: null,
      last_entry: null,
    });
    expect(await readAll()).toEqual([]);
  });

  it.each([
    ['with a gap before it', 1],
    ['that overlaps what is stored', -1],
  ])('%s changes nothing', async (_, shift) => {
    await write(toChunk(id, epoch, 0, 3));
    expect(await write(toChunk(id, epoch, 3 + shift, 5))).toEqual(['fenced']);
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '3', next_slot: '3' });
    await assertDense();
  });

  it('of an older epoch changes nothing, however late it comes', async () => {
    await write(toChunk(id, epoch, 0, 3));
    await campaigns.ask('UPDATE campaigns SET lease_until = now() WHERE id = $1', [id]);
    const next = await campaigns.ownership.claim(id, 'two');
    expect(next?.epoch).toBe(epoch + 1);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['fenced']);
    expect(await write(toChunk(id, epoch + 1, 3, 2))).toEqual(['written']);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['fenced']);
    await assertDense();
  });

  it.each(['stopped', 'paused', 'completed'] as const)(
    'after a change to %s changes nothing',
    async (status) => {
      await write(toChunk(id, epoch, 0, 3));
      await campaigns.states.change(id, status, 'test');
      expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['fenced']);
      expect(await campaigns.row(id)).toMatchObject({ last_sequence: '3' });
    },
  );

  it('of a campaign that was deleted is fenced', async () => {
    expect(await campaigns.states.remove(id)).toBe(true);
    expect(await write(toChunk(id, epoch, 0, 3))).toEqual(['fenced']);
  });

  it('that cannot be stored does not hold up those of others', async () => {
    const other = await campaigns.start();
    const owned = await campaigns.ownership.claim(other, 'one');
    const bad = { ...toChunk(id, epoch, 0, 2), entries: 'not json' };
    const outcomes = await campaigns.writer.write([bad, toChunk(other, owned?.epoch ?? 0, 0, 2)]);
    expect([...outcomes]).toEqual([[other, 'written']]);
    await expect(campaigns.writer.write([bad])).rejects.toThrow(/json/);
    await assertDense();
  });

  it('is written once when its connection is cut again and again', async () => {
    let last = 0;
    let cuts = 0;
    while (last < 300) {
      const chunk = toChunk(id, epoch, last, 10);
      const written = campaigns.writer.write([chunk]).catch(() => new Map());
      if (last % 20 === 0 && cuts++ < 40) {
        await campaigns
          .ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%fitting%' AND pid <> pg_backend_pid()",
          )
          .catch(() => {});
      }
      if ((await written).get(id) === 'written') last += 10;
    }
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '300', response_time_us: '300000' });
    await assertDense();
  });
});

describe('many writers', () => {
  it('write many campaigns at once without a deadlock, each chunk once', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => campaigns.start()));
    const epochs = await Promise.all(
      ids.map(async (each) => (await campaigns.ownership.claim(each, 'one'))?.epoch ?? 0),
    );
    for (let round = 0; round < 5; round++) {
      const chunks = ids.map((each, index) => toChunk(each, epochs[index] ?? 0, round * 10, 10));
      await Promise.all([
        campaigns.writer.write(chunks),
        campaigns.writer.write(chunks.toReversed()),
        campaigns.ownership.renew('one', chunks.toReversed()),
      ]);
    }
    const rows = await campaigns.ask(
      'SELECT DISTINCT last_sequence, response_time_us FROM campaigns WHERE id = ANY ($1)',
      [ids],
    );
    expect(rows).toEqual([{ last_sequence: '50', response_time_us: '50000' }]);
  });
});

describe('reading', () => {
  it('gives the chunks of a range, in order, and not what is stored after its start', async () => {
    for (let last = 0; last < 100; last += 10) await write(toChunk(id, epoch, last, 10));
    expect((await readAll(35, 44)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 20 }, (_, index) => 31 + index),
    );
    const reading = campaigns.reader.read(id, {}, new AbortController().signal)[Symbol.asyncIterator]();
    await reading.next();
    await write(toChunk(id, epoch, 100, 10));
    let last = 0;
    for (let step = await reading.next(); !step.done; step = await reading.next())
      last = step.value.lastSequence;
    expect(last).toBe(100);
  });

  it('ends when its reader has gone, and holds no connection meanwhile', async () => {
    for (let last = 0; last < 100; last += 10) await write(toChunk(id, epoch, last, 10));
    const gone = new AbortController();
    let count = 0;
    for await (const _ of campaigns.reader.read(id, {}, gone.signal)) {
      count++;
      expect(campaigns.pool.totalCount - campaigns.pool.idleCount).toBe(0);
      gone.abort();
    }
    expect(count).toBe(1);
  });
});
