// What must hold of every campaign, whatever happened to it.
import { expect } from 'vitest';
import type { Campaigns, StoredEntry } from './campaigns.ts';

/** Entries are numbered 1 to N without a gap, each once, in the order of their times; statistics equal a recount. */
export async function expectExact(campaigns: Campaigns, id: string): Promise<StoredEntry[]> {
  const row = await campaigns.row(id);
  const chunks = await campaigns.chunks(id);
  let expected = 1;
  for (const { first, last, entries } of chunks) {
    expect(first).toBe(expected);
    expect(entries).toHaveLength(last - first + 1);
    expected = last + 1;
  }
  const entries = chunks.flatMap((chunk) => chunk.entries);
  expect(row.last_sequence).toBe(entries.length);
  expect(row.successful_requests).toBe(entries.filter(({ success }) => success).length);
  const timeUs = entries.reduce((sum, entry) => sum + Math.round(entry.response_time * 1000), 0);
  expect(row.response_time_us).toBe(timeUs);
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  expect(new Set(entries.map(({ id: entryId }) => entryId)).size).toBe(entries.length);
  expect(new Set(entries.map(({ slot }) => slot)).size).toBe(entries.length);
  const times = entries.map(({ timestamp }) => Date.parse(timestamp));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(row.first_entry_at?.getTime() ?? null).toBe(times[0] ?? null);
  expect(row.last_entry_at?.getTime() ?? null).toBe(times.at(-1) ?? null);
  return entries;
}

/** Stops a campaign: up to where it is, each slot was stored or missed, none twice. */
export async function expectWhole(campaigns: Campaigns, id: string): Promise<StoredEntry[]> {
  await campaigns.states.stop(id, 'test');
  const entries = await expectExact(campaigns, id);
  const { missed_requests, next_slot } = await campaigns.row(id);
  expect(entries.length + missed_requests).toBe(next_slot);
  return entries;
}

/** In every window from a fifth of a second to the whole, the count is rate × window, at most 2 or 1 % off (H12). */
export function expectPaced(entries: readonly StoredEntry[], ratePerMinute: number): void {
  const times = entries.map(({ timestamp }) => Date.parse(timestamp));
  const [first = 0] = times;
  const spanMs = (times.at(-1) ?? 0) - first;
  for (const windowMs of [200, 333, 1000, 2000, 5000]) {
    for (let from = first; from + windowMs <= first + spanMs; from += 97) {
      const count = times.filter((time) => time >= from && time < from + windowMs).length;
      const due = (ratePerMinute * windowMs) / 60_000;
      expect(Math.abs(count - due)).toBeLessThanOrEqual(Math.max(2, due * 0.01));
    }
  }
}
