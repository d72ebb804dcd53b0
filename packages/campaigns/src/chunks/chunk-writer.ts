/** Writes entries exactly once: fence, idempotence and density are one statement (design section 6). */
import type { PackedEntries } from './packed-entries.ts';

/**
 * One without entries (`lastSequence` = `firstSequence` - 1) moves the run on and stores no row: live requests are under
 * way, or slots were missed. Its entries, times and values then mean nothing.
 */
export interface Chunk {
  readonly campaignId: string;
  readonly epoch: number;
  /** Its entries are numbered from here to `lastSequence`, without a gap. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** A JSON array of them. */
  readonly entries: PackedEntries;
  /** The last one alone. */
  readonly lastEntry: string;
  readonly successfulRequests: number;
  /** The sum, in whole microseconds, so that a recount gives exactly the same. */
  readonly responseTimeUs: number;
  /** Unix milliseconds of the first and the last entry's `timestamp`. */
  readonly firstEntryAt: number;
  readonly lastEntryAt: number;
  /** The run's slots below this one are stored, or being waited for (live). */
  readonly nextSlot: number;
  /** Live requests sent since the last chunk, 0 if simulated. */
  readonly sentRequests: number;
  /** Slots since the last chunk that got no request, since the worker was too late for them. */
  readonly missedRequests: number;
  /** Values that no earlier chunk of this owner had. */
  readonly newValues: readonly ChunkValue[];
}

export interface ChunkValue {
  readonly kind: 'geo_location' | 'device_model' | 'ad_format';
  readonly value: string;
}

/** `fenced`: another owner, a stop, a pause or a cleanup came first; nothing of the chunk is stored or ever will be. */
export type ChunkOutcome = 'written' | 'fenced';

export interface ChunkWriter {
  /**
   * Writes at most one chunk of each campaign, all in one transaction; if one of them cannot be stored, each alone. A
   * chunk whose fate is unknown (the connection broke at the commit) is looked up, never assumed. Resolves with the
   * outcome by campaign; one that is missing could not be written, and if none could, it rejects. Either may be tried
   * again as it is: nothing is written twice.
   */
  write(chunks: readonly Chunk[]): Promise<ReadonlyMap<string, ChunkOutcome>>;
}
