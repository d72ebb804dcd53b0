/** All that the database holds of some campaigns, read in one transaction, with the times at which it was committed. */
import type pg from 'pg';
import { readEntries } from './stored-entries.ts';

export interface Entry {
  readonly id: string;
  readonly sequence: number;
  readonly slot: number;
  readonly timestamp: string;
  readonly success: boolean;
  /** Milliseconds. */
  readonly response_time: number;
  readonly geo_location?: string | null;
  readonly device_model?: string | null;
  readonly ad_format?: string | null;
}

export interface ChunkRow {
  readonly first: number;
  readonly last: number;
  readonly epoch: number;
  readonly entries: readonly Entry[];
  /** Unix milliseconds, to the microsecond, on the clock of this machine. */
  readonly committedAt: number;
}

export interface ChangeRow {
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
  readonly committedAt: number;
}

export interface CampaignRecord {
  readonly id: string;
  readonly status: string;
  readonly epoch: number;
  readonly isGenerating: boolean;
  readonly run: number;
  readonly runRate: number | null;
  readonly runSlots: number | null;
  readonly nextSlot: number;
  readonly runFirstSequence: number;
  readonly lastSequence: number;
  readonly successfulRequests: number;
  readonly responseTimeUs: number;
  readonly missedRequests: number;
  readonly firstEntryAt: string | null;
  readonly lastEntryAt: string | null;
  readonly lastEntry: Entry | null;
  readonly chunks: readonly ChunkRow[];
  readonly changes: readonly ChangeRow[];
  /** As `kind:value`. */
  readonly values: readonly string[];
}

const COMMITTED_AT = 'extract(epoch FROM pg_xact_commit_timestamp(xmin))::double precision * 1000';

/** `track_commit_timestamp` must be on. A campaign that is not there is left out. */
export async function readRecords(pool: pg.Pool, ids: readonly string[]): Promise<CampaignRecord[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const records = [];
    for (const id of ids) {
      const record = await readRecord(client, id);
      if (record !== null) records.push(record);
    }
    await client.query('COMMIT');
    return records;
  } finally {
    client.release();
  }
}

async function readRecord(client: pg.PoolClient, id: string): Promise<CampaignRecord | null> {
  const read = async (sql: string) => (await client.query(sql, [id])).rows;
  const [row] = await read(`
    SELECT id, status, epoch::int, is_generating AS "isGenerating", run, run_rate AS "runRate",
      run_slots::int AS "runSlots", next_slot::int AS "nextSlot", run_first_sequence::int AS "runFirstSequence",
      last_sequence::int AS "lastSequence", successful_requests::int AS "successfulRequests",
      response_time_us::double precision AS "responseTimeUs", missed_requests::int AS "missedRequests",
      first_entry_at AS "firstEntryAt", last_entry_at AS "lastEntryAt", last_entry AS "lastEntry"
    FROM campaigns WHERE id = $1`);
  if (row === undefined) return null;
  const values = await read(
    `SELECT kind || ':' || value AS text FROM campaign_values WHERE campaign_id = $1`,
  );
  const chunks = await read(`
    SELECT first_sequence::int AS first, last_sequence::int AS last, epoch::int, entries,
      ${COMMITTED_AT} AS "committedAt"
    FROM chunks WHERE campaign_id = $1 ORDER BY last_sequence`);
  return {
    ...row,
    firstEntryAt: row.firstEntryAt?.toISOString() ?? null,
    lastEntryAt: row.lastEntryAt?.toISOString() ?? null,
    chunks: chunks.map((chunk) => ({ ...chunk, entries: readEntries(chunk.entries) })),
    changes: await read(`
      SELECT from_status AS "from", to_status AS "to", epoch::int, ${COMMITTED_AT} AS "committedAt"
      FROM state_changes WHERE campaign_id = $1 ORDER BY id`),
    values: values.map(({ text }) => text),
  };
}

export function entriesOf({ chunks }: Pick<CampaignRecord, 'chunks'>): Entry[] {
  return chunks.flatMap(({ entries }) => entries);
}
