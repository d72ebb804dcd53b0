/** Reads stored entries by keyset, up to the last sequence at the start: no cursor, no transaction, while a reader is slow. */

export interface StoredChunk {
  readonly campaignId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** A JSON array as text. */
  readonly entries: string;
}

export interface EntryRange {
  /** The first sequence to read (default 1). */
  readonly from?: number;
  /** The last one (default: what is stored now). */
  readonly to?: number;
}

export interface ChunkReader {
  /** Yields the chunks that hold the range, in order, at most about 2 MiB at once in memory. Ends early when the signal says so. */
  read(campaignId: string, range: EntryRange, signal: AbortSignal): AsyncIterable<StoredChunk>;
}
