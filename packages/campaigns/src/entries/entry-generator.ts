/** Makes entries (contracts 2.4): what a slot draws depends on seed and slot only, whoever makes it, however often. */
import type { ChunkValue } from '../chunks/chunk-writer.ts';
import type { Sheet } from './sheet.ts';

/** What came of a request, simulated or measured. */
export interface Outcome {
  readonly success: boolean;
  readonly statusCode: number;
  /** Whole microseconds. */
  readonly responseTimeUs: number;
  /** Bytes of the body. */
  readonly responseSize: number;
  /** Only where it failed: one sentence. */
  readonly error: string | null;
}

export interface EntryPlace {
  readonly slot: number;
  readonly sequence: number;
  /** Unix milliseconds: when the request began and when it was over (`timestamp`). */
  readonly startedAt: number;
  readonly completedAt: number;
}

export interface EntryGenerator {
  /** Draws what a simulated request of this slot comes to. */
  simulate(slot: number): Outcome;
  /** Writes the entry as JSON behind what the sheet has. */
  write(sheet: Sheet, place: EntryPlace, outcome: Outcome): void;
  /** The entry as JSON, for whoever wants a single one. */
  render(place: EntryPlace, outcome: Outcome): string;
  /** Of the slots rendered since the last call: the values that statistics count, each at most once in this generator's life. */
  takeNewValues(): readonly ChunkValue[];
  /** -0.2 to 0.2: by which part of the gap a slot is moved; 0 unless the plan randomises. */
  jitter(slot: number): number;
}
