import type pg from 'pg';
import type { ChunkReader, StoredChunk } from './chunk-reader.ts';

const MEMORY_BYTES = 2 * 1024 * 1024;
const MAX_ROWS = 64;

export function createChunkReader(pool: pg.Pool): ChunkReader {
  return {
    async *read(campaignId, { from = 1, to }, signal) {
      const last = to ?? (await findLastSequence(pool, campaignId));
      let next = from;
      let rows = 1;
      while (next <= last && !signal.aborted) {
        const chunks = await readRows(pool, campaignId, next, last, rows);
        let bytes = 0;
        for (const chunk of chunks) {
          if (signal.aborted) return;
          bytes += chunk.entries.length;
          next = chunk.lastSequence + 1;
          yield chunk;
        }
        if (chunks.length === 0) return;
        rows = Math.min(MAX_ROWS, Math.max(1, Math.floor(MEMORY_BYTES / Math.max(1, bytes / chunks.length))));
      }
    },
  };
}

async function findLastSequence(pool: pg.Pool, campaignId: string): Promise<number> {
  const { rows } = await pool.query<{ last_sequence: string }>(
    'SELECT last_sequence FROM campaigns WHERE id = $1',
    [campaignId],
  );
  return Number(rows[0]?.last_sequence ?? 0);
}

async function readRows(
  pool: pg.Pool,
  campaignId: string,
  from: number,
  to: number,
  limit: number,
): Promise<StoredChunk[]> {
  const { rows } = await pool.query<{ first_sequence: string; last_sequence: string; entries: string }>({
    name: 'read-chunks',
    text: `SELECT first_sequence, last_sequence, entries::text AS entries FROM chunks
      WHERE campaign_id = $1 AND last_sequence >= $2 AND first_sequence <= $3
      ORDER BY last_sequence LIMIT $4`,
    values: [campaignId, from, to, limit],
  });
  return rows.map(({ first_sequence, last_sequence, entries }) => ({
    campaignId,
    firstSequence: Number(first_sequence),
    lastSequence: Number(last_sequence),
    entries,
  }));
}
