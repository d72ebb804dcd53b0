// Entries without a worker: a test says what a worker would have stored.
import { createChunkWriter, packEntries } from '@trafficflux/campaigns';
import type { Service } from './service.ts';

export interface StoredEntry {
  readonly id: string;
  readonly sequence: number;
  readonly timestamp: string;
  readonly campaign_id: string;
  readonly success: boolean;
  /** Milliseconds. */
  readonly response_time: number;
  readonly geo_location: string;
  readonly device_model: string;
  readonly ad_format: string;
}

const FIRST_AT = Date.parse('2026-01-01T00:00:00.000Z');
const GAP_MS = 100;
const PLACES = ['Canada', 'France', 'Kenya'];
const MODELS = ['Galaxy S24', 'Pixel 8'];

/** Creates a campaign, makes it running and starts a run; returns its id. */
export async function startCampaign(service: Service, fields: Record<string, unknown> = {}): Promise<string> {
  const id = await service.create(fields);
  await service.setStatus(id, 'running');
  const { status, text } = await service.post('/api/traffic/generate', { campaign_id: id });
  if (status !== 200) throw new Error(`The campaign did not start: ${text}`);
  return id;
}

/** Starts a campaign and stores `count` entries of it in chunks of `chunkSize`; returns them. */
export async function startWithEntries(service: Service, count: number, chunkSize = 10) {
  const id = await startCampaign(service);
  return { id, entries: await storeEntries(service, id, count, chunkSize) };
}

/** Takes the campaign as a worker does, and stores further entries. */
export async function storeEntries(
  service: Service,
  id: string,
  count: number,
  chunkSize = 10,
): Promise<StoredEntry[]> {
  const writer = createChunkWriter(service.stores.pool);
  const owned = await service.stores.ownership.claim(id, 'test-worker');
  if (owned === null) throw new Error('The campaign could not be claimed.');
  const entries = Array.from({ length: count }, (_, index) => toEntry(id, owned.lastSequence + 1 + index));
  for (let from = 0; from < count; from += chunkSize) {
    const chunk = entries.slice(from, from + chunkSize);
    const outcome = await writer.write([toChunk(id, owned.epoch, chunk)]);
    if (outcome.get(id) !== 'written') throw new Error('A chunk was not written.');
  }
  return entries;
}

/** Every fifth fails; nothing else is random either. */
function toEntry(campaignId: string, sequence: number): StoredEntry {
  return {
    id: `${campaignId}-${sequence}`,
    sequence,
    timestamp: new Date(FIRST_AT + sequence * GAP_MS).toISOString(),
    campaign_id: campaignId,
    success: sequence % 5 !== 0,
    response_time: 50 + (sequence % 100) / 4,
    geo_location: PLACES[sequence % PLACES.length] ?? '',
    device_model: MODELS[sequence % MODELS.length] ?? '',
    ad_format: 'banner "é😀\\',
  };
}

function toChunk(campaignId: string, epoch: number, entries: readonly StoredEntry[]) {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A chunk has entries.');
  return {
    campaignId,
    epoch,
    firstSequence: first.sequence,
    lastSequence: last.sequence,
    entries: packEntries(JSON.stringify(entries)),
    lastEntry: JSON.stringify(last),
    successfulRequests: entries.filter(({ success }) => success).length,
    responseTimeUs: entries.reduce((sum, entry) => sum + entry.response_time * 1000, 0),
    firstEntryAt: Date.parse(first.timestamp),
    lastEntryAt: Date.parse(last.timestamp),
    nextSlot: last.sequence,
    sentRequests: 0,
    missedRequests: 0,
    newValues: entries.flatMap((entry) => [
      { kind: 'geo_location' as const, value: entry.geo_location },
      { kind: 'device_model' as const, value: entry.device_model },
      { kind: 'ad_format' as const, value: entry.ad_format },
    ]),
  };
}
