// F67: what PostgreSQL refuses in JSON is repaired, and nothing else is touched.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEntryGenerator, packEntries } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk, toPlan } from './campaigns.ts';
import { makeEntries, PROFILE, toPlace } from './entries.ts';

const [HALF, NUL, EMOJI] = ['a\ud800', 'a\u0000', '😀'];
/** Twelve units, of which the last is half an emoji. */
const CUT = '12345678901😀'.slice(0, 12);
const BROKEN = {
  targetUrl: `https://shop.example/${HALF}`,
  geoLocations: [HALF],
  config: { [NUL]: [CUT, { deep: EMOJI }] },
  rtbConfig: { site_name: NUL, user_id: HALF, app_categories: [CUT], device_brand: HALF },
  userProfileIds: [NUL],
  profileUserCounts: { [NUL]: 1 },
  userAgents: [EMOJI],
  referrers: [CUT],
  profiles: [
    { ...PROFILE, id: NUL, interests: [HALF], deviceModels: [EMOJI], adFormats: [NUL], countries: [CUT] },
  ],
};

let campaigns: TestCampaigns;
beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());

describe('F67 an entry of broken texts', () => {
  it('has U+FFFD where half a character or NUL was, and each emoji as it was', () => {
    const [entry] = makeEntries(BROKEN, 1);
    expect(entry).toMatchObject({
      target_url: 'https://shop.example/a\uFFFD',
      geo_locations: ['a\uFFFD'],
      geo_location: 'a\uFFFD',
      config: { 'a\uFFFD': ['12345678901\uFFFD', { deep: '😀' }] },
      user_profile_ids: ['a\uFFFD'],
      selected_profile_id: 'a\uFFFD',
      selected_interest: 'a\uFFFD',
      selected_country: '12345678901\uFFFD',
      referrer: '12345678901\uFFFD',
      device_model: '😀',
      user_agent: '😀',
      ad_format: 'a\uFFFD',
      rtb_data: { app: { name: 'a\uFFFD', keywords: '12345678901\uFFFD' }, user: { id: 'a\uFFFD' } },
    });
    expect(JSON.stringify(entry)).not.toMatch(/\\u0000|\\ud[89a-f]/);
  });

  it('is stored with its neighbours, and every reader of JSON in PostgreSQL takes it', async () => {
    const id = await campaigns.start();
    const owned = await campaigns.ownership.claim(id, 'one');
    const generator = createEntryGenerator(toPlan(id, BROKEN));
    const entries = [1, 2, 3].map((sequence) =>
      generator.render(toPlace(sequence), generator.simulate(sequence)),
    );
    const chunk = {
      ...toChunk(id, owned?.epoch ?? 0, 0, 3),
      entries: packEntries(`[${entries.join()}]`),
      lastEntry: entries.at(-1) ?? '',
      newValues: generator.takeNewValues(),
    };
    expect((await campaigns.writer.write([chunk])).get(id)).toBe('written');
    const stored: string[] = [];
    for await (const read of campaigns.reader.read(id, {}, new AbortController().signal))
      stored.push(String(read.entries));
    const [row] = await campaigns.ask(
      `SELECT json_array_length(entries) AS count, entries::jsonb -> 0 ->> 'geo_location' AS location,
         encode(convert_to(entries -> 0 ->> 'device_model', 'UTF8'), 'hex') AS model
       FROM (SELECT $1::json AS entries) AS read`,
      stored,
    );
    expect(row).toEqual({ count: 3, location: 'a\uFFFD', model: Buffer.from('😀').toString('hex') });
    const values = await campaigns.ask(
      'SELECT value FROM campaign_values WHERE campaign_id = $1 ORDER BY 1',
      [id],
    );
    expect(values.map(({ value }) => value)).toEqual(expect.arrayContaining(['a\uFFFD', '😀']));
  });
});
