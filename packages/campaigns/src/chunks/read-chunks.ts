import type pg from 'pg';
import type { ChunkReader, StoredChunk } from './chunk-reader.ts';
import { unpackEntries } from './packed-entries.ts';

/** At once, as they are stored, and the chunk that exceeds it: some 2,000 entries. More at once are read no faster. */
const PAGE_BYTES = 128 * 1024;
const PAGE_CHUNKS = 256;

interface Page {
  readonly campaignId: string;
  /** The first and the last sequence. */
  readonly from: number;
  readonly to: number;
  /** At most. */
  readonly epoch: number;
}

interface PackedChunk extends Pick<StoredChunk, 'firstSequence' | 'lastSequence'> {
  readonly bytes: number;
  readonly stored: Buffer;
}

export function createChunkReader(pool: pg.Pool): ChunkReader {
  return {
    async *read(campaignId, { from = 1, to }, signal) {
      const stored = await findStored(pool, campaignId);
      const last = Math.min(to ?? stored.last, stored.last);
      let next = from;
      while (next <= last && !signal.aborted) {
        const page = await readPage(pool, { campaignId, from: next, to: last, epoch: stored.epoch });
        if (page.length === 0) return;
        for (const { firstSequence, lastSequence, ...packed } of page) {
          // Entries are dense: where one is missing, they were purged.
          if (signal.aborted || firstSequence > next) return;
          next = lastSequence + 1;
          yield { campaignId, firstSequence, lastSequence, entries: unpackEntries(packed) };
        }
      }
    },
  };
}

/** What is stored by now was stored under this epoch at most: entries of a later one take the place of purged ones. */
async function findStored(
  pool: pg.Pool,
  campaignId: string,
): Promise<{ readonly last: number; readonly epoch: number }> {
  const { rows } = await pool.query<{ last: number; epoch: number }>({
    name: 'find-stored',
    text: 'SELECT last_sequence::float8 AS last, epoch::float8 FROM campaigns WHERE id = $1',
    values: [campaignId],
  });
  return rows[0] ?? { last: 0, epoch: 0 };
}

/** The server knows the length of what is stored without reading it, so that what is left out costs nothing. */
const READ_PAGE = `
SELECT first_sequence::float8 AS "firstSequence", last_sequence::float8 AS "lastSequence", bytes, entries AS stored
FROM (
  SELECT first_sequence, last_sequence, epoch, bytes, entries,
    sum(octet_length(entries)) OVER (ORDER BY last_sequence ROWS UNBOUNDED PRECEDING) - octet_length(entries)
      AS stored_before
  FROM chunks WHERE campaign_id = $1 AND last_sequence >= $2
  ORDER BY last_sequence LIMIT ${PAGE_CHUNKS}
) AS page
WHERE first_sequence <= $3 AND epoch <= $4 AND stored_before < ${PAGE_BYTES}
ORDER BY last_sequence`;

async function readPage(pool: pg.Pool, { campaignId, from, to, epoch }: Page): Promise<PackedChunk[]> {
  const { rows } = await pool.query<PackedChunk>({
    name: 'read-page',
    text: READ_PAGE,
    values: [campaignId, from, to, epoch],
  });
  return rows;
}
