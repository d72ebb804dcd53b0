/** Reads stored entries by keyset, up to the last sequence at the start: no cursor, no transaction, while a reader is slow. */

export interface StoredChunk {
  readonly campaignId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** A JSON array, begun by its bracket, as bytes that are the caller's own. */
  readonly entries: Buffer;
}

export interface EntryRange {
  /** The first sequence to read (default 1). */
  readonly from?: number;
  /** The last one (default, and at most: what is stored at the start). */
  readonly to?: number;
}

export interface ChunkReader {
  /**
   * Yields the chunks that hold the range, in order and without a gap; 128 KiB as they are stored are in memory, and one
   * chunk unpacked. Ends early when the signal says so, and where entries were purged: who promised a number counts.
   * Throws for a chunk that is broken, or larger than any that was written.
   */
  read(campaignId: string, range: EntryRange, signal: AbortSignal): AsyncIterable<StoredChunk>;
}
