import type pg from 'pg';
import type { ChunkReader, StoredChunk } from './chunk-reader.ts';

/** Of JSON text at once; a single larger chunk comes alone. */
const PAGE_BYTES = 1024 * 1024;
const PAGE_CHUNKS = 256;

/** $1 campaign, $2 and $3 first and last sequence, $4 epoch at most, $5 chunks and $6 bytes at most. */
const READ = `
SELECT first_sequence::float8, last_sequence::float8, entries FROM (
  SELECT first_sequence, last_sequence, epoch, entries,
    sum(bytes) OVER (ORDER BY last_sequence ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
  FROM chunks WHERE campaign_id = $1 AND last_sequence >= $2 ORDER BY last_sequence LIMIT $5
) AS page
WHERE first_sequence <= $3 AND epoch <= $4 AND bytes_before < $6
ORDER BY last_sequence`;

/**
 * Turns each row into bytes as it comes: a page of texts would live until it is sent, and with what they are turned into
 * then, a reader would take three times the memory. By the numbers of PostgreSQL's types.
 */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  114: (text) => Buffer.from(text),
  701: Number,
};
const AS_BYTES = {
  types: { getTypeParser: (type: number) => PARSERS[type] ?? String } as pg.CustomTypesConfig,
};

export function createChunkReader(pool: pg.Pool): ChunkReader {
  return {
    async *read(campaignId, { from = 1, to }, signal) {
      const stored = await findStored(pool, campaignId);
      const last = Math.min(to ?? stored.last, stored.last);
      let next = from;
      while (next <= last && !signal.aborted) {
        const chunks = await readPage(pool, campaignId, next, last, stored.epoch);
        if (chunks.length === 0) return;
        for (const chunk of chunks) {
          // Entries are dense: where one is missing, they were purged.
          if (signal.aborted || chunk.firstSequence > next) return;
          next = chunk.lastSequence + 1;
          yield chunk;
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

async function readPage(
  pool: pg.Pool,
  campaignId: string,
  from: number,
  to: number,
  epoch: number,
): Promise<StoredChunk[]> {
  const { rows } = await pool.query<{ first_sequence: number; last_sequence: number; entries: Buffer }>({
    ...AS_BYTES,
    name: 'read-chunks',
    text: READ,
    values: [campaignId, from, to, epoch, PAGE_CHUNKS, PAGE_BYTES],
  });
  return rows.map(({ first_sequence, last_sequence, entries }) => ({
    campaignId,
    firstSequence: first_sequence,
    lastSequence: last_sequence,
    entries,
  }));
}
