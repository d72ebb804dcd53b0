import type pg from 'pg';
import { toParameters, toWriteStatement } from './chunk-statement.ts';
import type { Chunk, ChunkOutcome, ChunkWriter } from './chunk-writer.ts';

export function createChunkWriter(pool: pg.Pool): ChunkWriter {
  return {
    async write(chunks) {
      if (chunks.length === 0) return new Map();
      try {
        return await writeTogether(pool, chunks);
      } catch (error) {
        if (chunks.length === 1) throw error;
        return await writeEachAlone(pool, chunks);
      }
    },
  };
}

async function writeTogether(pool: pg.Pool, chunks: readonly Chunk[]): Promise<Map<string, ChunkOutcome>> {
  const { rows } = await pool.query<{ id: string }>(toWriteStatement(chunks.length), toParameters(chunks));
  const outcomes = new Map<string, ChunkOutcome>(rows.map(({ id }) => [id, 'written']));
  const others = chunks.filter(({ campaignId }) => !outcomes.has(campaignId));
  if (others.length > 0) await lookUp(pool, others, outcomes);
  return outcomes;
}

/** One that cannot be stored must not hold up the others: theirs is another transaction. */
async function writeEachAlone(pool: pg.Pool, chunks: readonly Chunk[]): Promise<Map<string, ChunkOutcome>> {
  const outcomes = new Map<string, ChunkOutcome>();
  let failure: unknown;
  for (const chunk of chunks) {
    try {
      for (const [id, outcome] of await writeTogether(pool, [chunk])) outcomes.set(id, outcome);
    } catch (error) {
      failure = error;
    }
  }
  if (outcomes.size === 0) throw failure;
  return outcomes;
}

/** A chunk that hit nothing is stored all the same if an earlier attempt, whose answer was lost, had been committed. */
async function lookUp(
  pool: pg.Pool,
  chunks: readonly Chunk[],
  outcomes: Map<string, ChunkOutcome>,
): Promise<void> {
  const { rows } = await pool.query<{ id: string; epoch: string; last_sequence: string; next_slot: string }>(
    'SELECT id, epoch, last_sequence, next_slot FROM campaigns WHERE id = ANY ($1)',
    [chunks.map(({ campaignId }) => campaignId)],
  );
  for (const { campaignId, epoch, lastSequence, nextSlot } of chunks) {
    const row = rows.find(({ id }) => id === campaignId);
    const isStored =
      row !== undefined &&
      Number(row.epoch) === epoch &&
      Number(row.last_sequence) === lastSequence &&
      Number(row.next_slot) === nextSlot;
    outcomes.set(campaignId, isStored ? 'written' : 'fenced');
  }
}
