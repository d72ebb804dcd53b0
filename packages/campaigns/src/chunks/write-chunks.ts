import { isUnavailable } from '@trafficflux/postgres';
import type pg from 'pg';
import { toParameters, toWriteStatement } from './chunk-statement.ts';
import type { Chunk, ChunkOutcome, ChunkWriter } from './chunk-writer.ts';

type Outcomes = Map<string, ChunkOutcome>;

/** Each number of chunks is a statement of its own, and a connection keeps those that have a name. */
const PLANNED_CHUNKS = 8;

export function createChunkWriter(pool: pg.Pool): ChunkWriter {
  return {
    async write(chunks) {
      if (chunks.length === 0) return new Map();
      try {
        return await writeTogether(pool, chunks);
      } catch (error) {
        // A connection that broke tells nothing of the others, nor of what became of the chunks: once more will tell.
        if (isUnavailable(error)) return await writeTogether(pool, chunks);
        if (chunks.length === 1) throw error;
        return await writeEachAlone(pool, chunks);
      }
    },
  };
}

async function writeTogether(pool: pg.Pool, chunks: readonly Chunk[]): Promise<Outcomes> {
  const { rows } = await pool.query<{ id: string }>({
    // Planning it takes as long as running it: what is sent often is planned once.
    ...(chunks.length <= PLANNED_CHUNKS && { name: `write-chunks-${chunks.length}` }),
    text: toWriteStatement(chunks.length),
    values: toParameters(chunks),
  });
  const outcomes: Outcomes = new Map(rows.map(({ id }) => [id, 'written']));
  const others = chunks.filter(({ campaignId }) => !outcomes.has(campaignId));
  if (others.length > 0) await lookUp(pool, others, outcomes);
  return outcomes;
}

/** One that cannot be stored must not hold up the others: theirs is another transaction. */
async function writeEachAlone(pool: pg.Pool, chunks: readonly Chunk[]): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  let failure: unknown;
  for (const chunk of chunks) {
    try {
      for (const [id, outcome] of await writeTogether(pool, [chunk])) outcomes.set(id, outcome);
    } catch (error) {
      failure = error;
      // Each of those left would wait for the same database.
      if (isUnavailable(error)) break;
    }
  }
  if (outcomes.size === 0) throw failure;
  return outcomes;
}

/** $1 ids, $2 epochs, $3 and $4 first and last sequences, $5 next slots. */
const LOOK_UP = `
SELECT named.id FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
  AS named (id, epoch, first_sequence, last_sequence, next_slot)
WHERE CASE WHEN named.last_sequence >= named.first_sequence
  THEN EXISTS (
    SELECT FROM chunks WHERE campaign_id = named.id AND chunks.last_sequence = named.last_sequence
      AND chunks.first_sequence = named.first_sequence AND chunks.epoch = named.epoch)
  ELSE EXISTS (
    SELECT FROM campaigns WHERE campaigns.id = named.id AND campaigns.epoch = named.epoch
      AND campaigns.last_sequence = named.last_sequence AND campaigns.next_slot >= named.next_slot)
  END`;

/** A chunk that hit nothing is stored all the same if an earlier attempt, whose answer was lost, had been committed. */
async function lookUp(pool: pg.Pool, chunks: readonly Chunk[], outcomes: Outcomes): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(LOOK_UP, [
    chunks.map(({ campaignId }) => campaignId),
    chunks.map(({ epoch }) => epoch),
    chunks.map(({ firstSequence }) => firstSequence),
    chunks.map(({ lastSequence }) => lastSequence),
    chunks.map(({ nextSlot }) => nextSlot),
  ]);
  const stored = new Set(rows.map(({ id }) => id));
  for (const { campaignId } of chunks)
    outcomes.set(campaignId, stored.has(campaignId) ? 'written' : 'fenced');
}
