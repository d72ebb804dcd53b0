import pg from 'pg';
import type { ChunkReader, StoredChunk } from './chunk-reader.ts';
import { CopiedChunks } from './copied-chunks.ts';
import { copyOut } from './copy-out.ts';

/** Of JSON text at once, and the chunk that exceeds it: each page costs the server as much as 2 MB of text do. */
const PAGE_BYTES = 2 * 1024 * 1024;
const PAGE_CHUNKS = 256;

interface Page {
  readonly campaignId: string;
  /** The first and the last sequence. */
  readonly from: number;
  readonly to: number;
  /** At most. */
  readonly epoch: number;
}

export function createChunkReader(pool: pg.Pool): ChunkReader {
  return {
    async *read(campaignId, { from = 1, to }, signal) {
      const stored = await findStored(pool, campaignId);
      const last = Math.min(to ?? stored.last, stored.last);
      const readFrom = (next: number) =>
        next > last || signal.aborted
          ? NOTHING
          : readPage(pool, { campaignId, from: next, to: last, epoch: stored.epoch });
      let next = from;
      let page = readFrom(next);
      try {
        for (let chunks = await page; chunks.length > 0; chunks = await page) {
          // The server reads the next page while the reader takes this one: one page, however slow the reader is.
          page = readFrom((chunks.at(-1)?.lastSequence ?? last) + 1);
          // Whoever waits for it hears of its failure, but only when he has come so far.
          page.catch(() => {});
          for (const chunk of chunks) {
            // Entries are dense: where one is missing, they were purged.
            if (signal.aborted || chunk.firstSequence > next) return;
            next = chunk.lastSequence + 1;
            yield chunk;
          }
        }
      } finally {
        // Also when the reader has gone: nothing of it is under way any more.
        await page.catch(() => {});
      }
    },
  };
}

const NOTHING: Promise<StoredChunk[]> = Promise.resolve([]);

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

async function readPage(pool: pg.Pool, page: Page): Promise<StoredChunk[]> {
  const copied = new CopiedChunks();
  await copyOut(pool, toCopy(page), (piece) => copied.put(piece));
  return copied.finish().map((chunk) => ({ campaignId: page.campaignId, ...chunk }));
}

/** COPY takes no parameters. */
function toCopy({ campaignId, from, to, epoch }: Page): string {
  return `
COPY (
  SELECT first_sequence, last_sequence, entries FROM (
    SELECT first_sequence, last_sequence, epoch, entries,
      sum(bytes) OVER (ORDER BY last_sequence ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
    FROM chunks WHERE campaign_id = ${pg.escapeLiteral(campaignId)} AND last_sequence >= ${from}
    ORDER BY last_sequence LIMIT ${PAGE_CHUNKS}
  ) AS page
  WHERE first_sequence <= ${to} AND epoch <= ${epoch} AND bytes_before < ${PAGE_BYTES}
  ORDER BY last_sequence
) TO STDOUT (FORMAT binary)`;
}
