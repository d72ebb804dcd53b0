/** Chunks of a run as a load worker makes them, as fast as they can be made. */
import { type Chunk, createEntryGenerator, packEntries, type RunPlan, Sheet } from '@trafficflux/campaigns';

export const ENTRIES_PER_CHUNK = 500;
const BEGIN = Date.UTC(2026, 0, 1);
const GAP_MS = 10;

export interface ChunkOwner {
  readonly plan: RunPlan;
  readonly epoch: number;
}

/** Makes chunk after chunk, the first one from sequence 1 on. */
export function* makeChunks({ plan, epoch }: ChunkOwner): Generator<Chunk, never> {
  const generator = createEntryGenerator(plan);
  const sheet = new Sheet();
  const [open, comma, close] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  for (let first = 1; ; first += ENTRIES_PER_CHUNK) {
    let successfulRequests = 0;
    let responseTimeUs = 0;
    let lastStart = 0;
    sheet.clear();
    for (let sequence = first; sequence < first + ENTRIES_PER_CHUNK; sequence++) {
      const outcome = generator.simulate(sequence - 1);
      if (outcome.success) successfulRequests++;
      responseTimeUs += outcome.responseTimeUs;
      sheet.put(sequence === first ? open : comma);
      lastStart = sheet.length;
      generator.write(sheet, toPlace(sequence), outcome);
    }
    const lastEntry = sheet.toText(lastStart);
    sheet.put(close);
    yield {
      campaignId: plan.campaignId,
      epoch,
      firstSequence: first,
      lastSequence: first + ENTRIES_PER_CHUNK - 1,
      entries: packEntries(sheet.bytes),
      lastEntry,
      successfulRequests,
      responseTimeUs,
      firstEntryAt: toPlace(first).completedAt,
      lastEntryAt: toPlace(first + ENTRIES_PER_CHUNK - 1).completedAt,
      nextSlot: first + ENTRIES_PER_CHUNK - 1,
      sentRequests: 0,
      missedRequests: 0,
      newValues: generator.takeNewValues(),
    };
  }
}

export function toPlace(sequence: number) {
  const completedAt = BEGIN + sequence * GAP_MS;
  return { slot: sequence - 1, sequence, startedAt: completedAt - 50, completedAt };
}
