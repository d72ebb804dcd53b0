// What this worker has done since it started, for its metrics.
import type { Chunk } from '@trafficflux/campaigns';

export interface Counts {
  entries: number;
  chunks: number;
  failedWrites: number;
  claims: number;
  takeOvers: number;
  lost: number;
  sent: number;
  missed: number;
  addChunk(chunk: Chunk): void;
}

export function createCounts(): Counts {
  return {
    entries: 0,
    chunks: 0,
    failedWrites: 0,
    claims: 0,
    takeOvers: 0,
    lost: 0,
    sent: 0,
    missed: 0,
    addChunk({ firstSequence, lastSequence, sentRequests, missedRequests }) {
      const entries = lastSequence - firstSequence + 1;
      if (entries > 0) this.chunks++;
      this.entries += entries;
      this.sent += sentRequests;
      this.missed += missedRequests;
    },
  };
}
