// What must hold of a campaign at every moment, read straight from its tables.
import { expect } from 'vitest';
import { type CampaignStatus, STATUSES, transition, unpackEntries } from '../src/index.ts';
import type { TestCampaigns, TestEntry } from './campaigns.ts';

/** Invariant 2: the sequence is 1 … N, dense and unique, and the statistics equal a recount of the entries. */
export async function expectWhole({ ask, row }: TestCampaigns, id: string): Promise<void> {
  const chunks = await ask(
    `SELECT first_sequence::int AS first, last_sequence::int AS last, bytes, entries AS stored
     FROM chunks WHERE campaign_id = $1 ORDER BY last_sequence`,
    [id],
  );
  let last = 0;
  const entries: TestEntry[] = [];
  for (const chunk of chunks) {
    expect(chunk.first).toBe(last + 1);
    last = Number(chunk.last);
    const json = unpackEntries({ stored: chunk.stored as Buffer, bytes: Number(chunk.bytes) });
    entries.push(...JSON.parse(String(json)));
  }
  expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: last }, (_, n) => n + 1));
  const times = entries.map(({ at }) => at);
  expect(await row(id)).toMatchObject({
    last_sequence: String(last),
    successful_requests: String(entries.filter(({ success }) => success).length),
    response_time_us: String(entries.reduce((sum, { micros }) => sum + micros, 0)),
    first_entry_at: last === 0 ? null : new Date(Math.min(...times)),
    last_entry_at: last === 0 ? null : new Date(Math.max(...times)),
    last_entry: entries.at(-1) ?? null,
  });
  const values = await ask('SELECT value FROM campaign_values WHERE campaign_id = $1', [id]);
  const seen = new Set(entries.map(({ geo_location }) => geo_location));
  expect(new Set(values.map(({ value }) => value))).toEqual(seen);
}

/** Invariant 3: the history is a path of the table, from a draft to the status that stands, under epochs that rise. */
export async function expectPath({ ask, row }: TestCampaigns, id: string): Promise<void> {
  const changes = await ask(
    'SELECT from_status, to_status, epoch::int FROM state_changes WHERE campaign_id = $1 ORDER BY id',
    [id],
  );
  let status: CampaignStatus = 'draft';
  let epoch = 0;
  for (const change of changes) {
    const to = STATUSES.find((each) => each === change.to_status) ?? 'draft';
    expect(change.from_status).toBe(status);
    expect(transition({ status, isGenerating: false }, to).kind).toBe('change');
    expect(Number(change.epoch)).toBeGreaterThan(epoch);
    status = to;
    epoch = Number(change.epoch);
  }
  expect((await row(id)).status).toBe(status);
}
