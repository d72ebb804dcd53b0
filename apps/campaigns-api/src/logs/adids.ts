// Advertising ids of a campaign's entries.
import type { ChunkReader } from '@trafficflux/campaigns';

export interface AdidPage {
  /** Of entries, not of ids. */
  readonly limit: number;
  readonly offset: number;
}

/** The different ids in a part of a campaign's entries, in the order of their first use. */
export async function findAdids(
  chunks: ChunkReader,
  campaignId: string,
  { limit, offset }: AdidPage,
): Promise<string[]> {
  const range = { from: offset + 1, to: offset + limit };
  const found = new Set<string>();
  for await (const chunk of chunks.read(campaignId, range, new AbortController().signal)) {
    const entries: { adid?: unknown }[] = JSON.parse(String(chunk.entries));
    entries.forEach(({ adid }, index) => {
      const sequence = chunk.firstSequence + index;
      if (typeof adid === 'string' && sequence >= range.from && sequence <= range.to) found.add(adid);
    });
  }
  return [...found];
}
