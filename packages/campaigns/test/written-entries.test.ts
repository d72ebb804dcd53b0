// The database does not look whether entries are JSON: so what is written must be, whatever the settings of a campaign.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Chunk,
  createEntryGenerator,
  type JsonValue,
  type Outcome,
  packEntries,
  type RunPlan,
  Sheet,
} from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk, toPlan } from './campaigns.ts';
import { toPlace } from './entries.ts';

let campaigns: TestCampaigns;
beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());

/** Any units: halves of characters, NUL, quotes, the ends of lines. */
const text = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\ud800', 'a\u0000', '"', '\\', '\u2028', '😀', '12345678901😀'.slice(0, 12), ']},{"'),
);
const texts = fc.array(text, { maxLength: 3 });
const json = fc.dictionary(text, fc.oneof(text, texts, fc.double(), fc.constant(null))) as fc.Arbitrary<
  Record<string, JsonValue>
>;
const profile = fc.record({
  id: text,
  users: fc.nat(3),
  interests: texts,
  countries: texts,
  deviceBrand: fc.option(text),
  deviceModels: texts,
  operatingSystem: fc.option(text),
  adFormats: texts,
  appCategories: texts,
  adidPersistence: fc.constant('per_user' as const),
  referrers: fc.dictionary(text, texts),
}) as unknown as fc.Arbitrary<RunPlan['profiles'][number]>;
const settings = fc.record({
  targetUrl: text,
  delivery: fc.constantFrom('simulated' as const, 'live' as const),
  geoLocations: fc.array(text, { minLength: 1, maxLength: 3 }),
  rtbConfig: json,
  config: json,
  userProfileIds: texts,
  profileUserCounts: fc.dictionary(text, fc.nat(9)),
  userAgents: texts,
  referrers: texts,
  profiles: fc.array(profile, { maxLength: 2 }),
});

/** A chunk that is made as a worker makes it, and its JSON. */
function makeChunk(campaignId: string, epoch: number, plan: RunPlan, error: string, count: number) {
  const generator = createEntryGenerator(plan);
  const sheet = new Sheet();
  let lastStart = 0;
  for (let sequence = 1; sequence <= count; sequence++) {
    sheet.putText(sequence === 1 ? '[' : ',');
    lastStart = sheet.length;
    const drawn = generator.simulate(sequence - 1);
    const outcome: Outcome = plan.delivery === 'live' ? { ...drawn, success: false, error } : drawn;
    generator.write(sheet, toPlace(sequence), outcome);
  }
  const lastEntry = sheet.toText(lastStart);
  sheet.putText(']');
  const newValues = generator.takeNewValues();
  const entries = packEntries(sheet.bytes);
  const chunk: Chunk = { ...toChunk(campaignId, epoch, 0, count), entries, lastEntry, newValues };
  return { chunk, json: sheet.toText() };
}

it('F67 entries of any settings are JSON, are stored, and come back as they were made', async () => {
  await fc.assert(
    fc.asyncProperty(settings, text, fc.integer({ min: 1, max: 30 }), async (fields, error, count) => {
      const id = await campaigns.start();
      const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
      const made = makeChunk(id, epoch, toPlan(id, fields), error, count);
      expect((await campaigns.writer.write([made.chunk])).get(id)).toBe('written');
      const read: Buffer[] = [];
      for await (const chunk of campaigns.reader.read(id, {}, new AbortController().signal))
        read.push(chunk.entries);
      expect(read.map(isUtf8)).toEqual([true]);
      const stored = String(read[0]);
      expect(stored).toBe(made.json);
      const entries = JSON.parse(stored);
      expect(entries.map(({ sequence }: { sequence: number }) => sequence)).toEqual(
        Array.from({ length: count }, (_, index) => index + 1),
      );
      // The strictest reader of all: it refuses what is no JSON, and halves of characters and NUL beside.
      const [row] = await campaigns.ask(
        'SELECT jsonb_array_length($1::jsonb) AS count, ($1::jsonb -> -1) = last_entry::jsonb AS is_last FROM campaigns WHERE id = $2',
        [stored, id],
      );
      expect(row).toEqual({ count, is_last: true });
    }),
    { numRuns: 60 },
  );
});
