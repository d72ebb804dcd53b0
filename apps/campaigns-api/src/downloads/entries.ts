// The entries of a campaign as text, chunk by chunk: whatever their number, about one chunk is in memory.
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

/**
 * Yields entries without brackets around them, separated by commas, and each exactly once. Ends early when the signal
 * says so.
 *
 * @throws {EntriesGoneError} rather than leaving one out
 */
export async function* readEntries(
  chunks: ChunkReader,
  campaignId: string,
  { from, to }: StoredRange,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  let next = from;
  for await (const chunk of chunks.read(campaignId, { from, to }, signal)) {
    if (chunk.firstSequence > next || chunk.lastSequence < next) break;
    yield cut(chunk, next, to);
    next = chunk.lastSequence + 1;
  }
  if (next <= to && !signal.aborted)
    throw new EntriesGoneError(`The entries of ${campaignId} from ${next} on are not there any more.`);
}

/** A chunk that is wanted whole is passed on as it was written. */
function cut({ firstSequence, lastSequence, entries }: StoredChunk, from: number, to: number): string {
  if (firstSequence >= from && lastSequence <= to) return entries.slice(1, -1);
  const wanted: unknown[] = JSON.parse(entries).slice(from - firstSequence, to - firstSequence + 1);
  return JSON.stringify(wanted).slice(1, -1);
}
