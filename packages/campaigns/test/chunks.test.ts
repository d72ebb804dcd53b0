import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Chunk, packEntries } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, type TestEntry, toChunk, toEntry } from './campaigns.ts';
import { expectWhole } from './whole.ts';

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

async function readAll(from?: number, to?: number): Promise<TestEntry[]> {
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const entries = [];
  for await (const chunk of campaigns.reader.read(id, range, new AbortController().signal)) {
    entries.push(...JSON.parse(String(chunk.entries)));
  }
  return entries;
}

const expectStored = () => expectWhole(campaigns, id);

describe('a chunk', () => {
  it('is stored with its statistics, and comes back as it was', async () => {
    expect(await write(toChunk(id, epoch, 0, 3))).toEqual(['written']);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['written']);
    expect(await readAll()).toEqual([1, 2, 3, 4, 5].map(toEntry));
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '5', next_slot: '5' });
    await expectStored();
  });

  it('that is sent again after a lost answer is not stored twice', async () => {
    const chunk = toChunk(id, epoch, 0, 3);
    for (let time = 0; time < 3; time++) expect(await write(chunk)).toEqual(['written']);
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '3' });
    const many = await Promise.all([0, 1, 2, 3].map(() => write(toChunk(id, epoch, 3, 4))));
    expect(many.flat()).toEqual(['written', 'written', 'written', 'written']);
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '7' });
    await expectStored();
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
    await expectStored();
  });

  it('of an older epoch changes nothing, however late it comes', async () => {
    await write(toChunk(id, epoch, 0, 3));
    await campaigns.ask('UPDATE campaigns SET lease_until = now() WHERE id = $1', [id]);
    const next = await campaigns.ownership.claim(id, 'two');
    expect(next?.epoch).toBe(epoch + 1);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['fenced']);
    expect(await write(toChunk(id, epoch + 1, 3, 2))).toEqual(['written']);
    expect(await write(toChunk(id, epoch, 3, 2))).toEqual(['fenced']);
    await expectStored();
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
    const bad = { ...toChunk(id, epoch, 0, 2), lastEntry: 'not json' };
    const outcomes = await campaigns.writer.write([bad, toChunk(other, owned?.epoch ?? 0, 0, 2)]);
    expect([...outcomes]).toEqual([[other, 'written']]);
    await expect(campaigns.writer.write([bad])).rejects.toThrow(/json/);
    await expectStored();
  });

  it('F67 keeps what JSON can say, and a text that cannot be stored is refused alone', async () => {
    const other = await campaigns.start();
    const owned = await campaigns.ownership.claim(other, 'one');
    const texts = ['a\ud800', 'a\u0000', '😀', '\u2028"\\'];
    const entries = JSON.stringify(texts.map((text, index) => ({ ...toEntry(index + 1), text })));
    const good = {
      ...toChunk(id, epoch, 0, 4),
      entries: packEntries(entries),
      lastEntry: JSON.stringify({ ...toEntry(4), text: texts[3] }),
    };
    const bare = { ...toChunk(other, owned?.epoch ?? 0, 0, 1), lastEntry: '"\u0000"' };
    const outcomes = await campaigns.writer.write([bare, good]);
    expect([...outcomes]).toEqual([[id, 'written']]);
    expect((await readAll()).map(({ text }) => text)).toEqual(texts);
    await expectStored();
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
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '300' });
    await expectStored();
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
    for (const each of ids) {
      expect(await campaigns.row(each)).toMatchObject({ last_sequence: '50' });
      await expectWhole(campaigns, each);
    }
  });
});
