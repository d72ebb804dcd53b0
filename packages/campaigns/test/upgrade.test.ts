// A database of the time before entries were packed: all of it is there after the migration.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@trafficflux/postgres';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { expect, test } from 'vitest';
import { campaignMigrations } from '../src/index.ts';
import { toChunk, toEntry, useCampaigns } from './campaigns.ts';
import { expectWhole } from './whole.ts';

const CHUNKS_ARE_JSON = '20261128100000_campaigns';

test('entries that were stored as json are kept, and a campaign goes on behind them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'campaigns-'));
  cpSync(join(campaignMigrations, CHUNKS_ARE_JSON), join(folder, CHUNKS_ARE_JSON), { recursive: true });
  await using database = await createTestDatabase(folder);
  rmSync(folder, { recursive: true });
  const pool = new pg.Pool({ connectionString: database.url });
  const campaigns = useCampaigns(pool, database.url);
  try {
    const id = await campaigns.start();
    const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    // Spaces and doubled keys are JSON too, and json keeps them.
    const texts = [1, 101].map(
      (first) =>
        `[ ${Array.from({ length: 100 }, (_, index) => JSON.stringify(toEntry(first + index)).replace('{', '{"text": 0, ')).join(' ,\n')}]`,
    );
    for (const [index, text] of texts.entries()) {
      const { firstSequence, lastSequence, ...chunk } = toChunk(id, epoch, index * 100, 100);
      await pool.query(
        `WITH stored AS (
           INSERT INTO chunks (campaign_id, first_sequence, last_sequence, epoch, bytes, entries)
           VALUES ($1, $2, $3, $4, $5, $6)
         ), seen AS (
           INSERT INTO campaign_values SELECT $1, 'geo_location', unnest($13::text[]) ON CONFLICT DO NOTHING
         )
         UPDATE campaigns SET last_sequence = $3, next_slot = $7, successful_requests = successful_requests + $8,
           response_time_us = response_time_us + $9, first_entry_at = least(first_entry_at, $10), last_entry_at = $11,
           last_entry = $12
         WHERE id = $1`,
        [
          id,
          firstSequence,
          lastSequence,
          epoch,
          Buffer.byteLength(text),
          text,
          chunk.nextSlot,
          chunk.successfulRequests,
          chunk.responseTimeUs,
          new Date(chunk.firstEntryAt),
          new Date(chunk.lastEntryAt),
          chunk.lastEntry,
          chunk.newValues.map(({ value }) => value),
        ],
      );
    }
    const applied = await migrate({ databaseUrl: database.url, folder: campaignMigrations });
    expect(applied).toEqual(
      readdirSync(campaignMigrations)
        .filter((name) => name > CHUNKS_ARE_JSON)
        .sort(),
    );
    const { rows } = await pool.query('SELECT entries FROM chunks ORDER BY last_sequence');
    expect(rows.map(({ entries }) => String(entries))).toEqual(texts);
    await expectWhole(campaigns, id);
    expect([...(await campaigns.writer.write([toChunk(id, epoch, 200, 100)])).values()]).toEqual(['written']);
    await expectWhole(campaigns, id);
    const read = [];
    for await (const { entries } of campaigns.reader.read(id, {}, new AbortController().signal))
      read.push(...JSON.parse(String(entries)));
    expect(read).toEqual(Array.from({ length: 300 }, (_, index) => toEntry(index + 1)));
  } finally {
    await pool.end();
  }
});
