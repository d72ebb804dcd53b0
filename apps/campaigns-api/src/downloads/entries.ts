// The entries of a campaign as bytes, chunk by chunk: whatever their number, about a megabyte is in memory.
import type { ChunkReader, StoredChunk } from '@trafficflux/campaigns';

/** From `from` to `to`, both included; all of them are stored. */
export interface StoredRange {
  readonly from: number;
  readonly to: number;
}

/** Somebody purged or deleted the campaign while it was read. */
export class EntriesGoneError extends Error {
  override readonly name = 'EntriesGoneError';
}

const COMMA = ','.charCodeAt(0);

/**
 * Yields entries as JSON, each with a comma before it, and each exactly once. Ends early when the signal says so.
 *
 * @throws {EntriesGoneError} rather than leaving one out
 */
export async function* readEntries(
  chunks: ChunkReader,
  campaignId: string,
  { from, to }: StoredRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let next = from;
  for await (const chunk of chunks.read(campaignId, { from, to }, signal)) {
    if (chunk.firstSequence > next || chunk.lastSequence < next) break;
    yield cut(chunk, next, to);
    next = chunk.lastSequence + 1;
  }
  if (next <= to && !signal.aborted)
    throw new EntriesGoneError(`The entries of ${campaignId} from ${next} on are not there any more.`);
}

/** A chunk that is wanted whole is passed on as it was written, with a comma in the place of its first bracket. */
function cut({ firstSequence, lastSequence, entries }: StoredChunk, from: number, to: number): Buffer {
  const isWhole = firstSequence >= from && lastSequence <= to;
  const list = isWhole ? entries : pick(entries, from - firstSequence, to - firstSequence + 1);
  list[0] = COMMA;
  return list.subarray(0, -1);
}

function pick(entries: Buffer, from: number, to: number): Buffer {
  const all: unknown[] = JSON.parse(String(entries));
  return Buffer.from(JSON.stringify(all.slice(from, to)));
}
