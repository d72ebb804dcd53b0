/** A download of many entries, with the memory that it takes, beside COPY TO of the same entries from a table of json. */
import { pipeline } from 'node:stream/promises';
import { createCampaignStates, createChunkWriter, createOwnership } from '@trafficflux/campaigns';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { request } from 'undici';
import { ENTRIES_PER_CHUNK, makeChunks } from './chunks.ts';
import { CREATE_JSON_CHUNKS, toJsonLine } from './json-chunks.ts';
import type { Platform, Service } from './platform.ts';

export interface Downloaded {
  readonly bytes: number;
  readonly seconds: number;
  readonly copySeconds: number;
  /** At most, beyond what the process had before. */
  readonly memoryBytes: number;
}

const LOOK_EVERY_MS = 20;

/** Resolves with the id of a campaign that has so many entries, stored by our writer and as json. */
export async function fill(platform: Platform, entries: number): Promise<string> {
  const id = await platform.addRun({});
  const owned = await createOwnership(platform.pool, { leaseMs: 600_000 }).claim(id, 'bench');
  if (owned === null) throw new Error('the run has another owner');
  const writer = createChunkWriter(platform.pool);
  const chunks = makeChunks(owned);
  async function* store() {
    for (let made = 0; made < entries; made += ENTRIES_PER_CHUNK) {
      const chunk = chunks.next().value;
      await writer.write([chunk]);
      yield toJsonLine(chunk);
    }
  }
  await platform.pool.query(CREATE_JSON_CHUNKS);
  await copyIn(platform.pool, store());
  await createCampaignStates(platform.pool).change(id, 'stopped', 'bench');
  await platform.pool.query('VACUUM ANALYZE chunks, json_chunks');
  return id;
}

async function copyIn(pool: pg.Pool, lines: AsyncIterable<Buffer>): Promise<void> {
  const client = await pool.connect();
  try {
    const columns = 'campaign_id, last_sequence, first_sequence, epoch, bytes, entries';
    await pipeline(lines, client.query(copyFrom(`COPY json_chunks (${columns}) FROM STDIN`)));
  } finally {
    client.release();
  }
}

export async function measureDownload(platform: Platform, api: Service, id: string): Promise<Downloaded> {
  const copy = await measureCopy(platform.pool, id);
  const before = api.readMemory();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, api.readMemory());
  }, LOOK_EVERY_MS);
  try {
    const begin = performance.now();
    const bytes = await download(`${api.url}/api/traffic/download/${id}`);
    const seconds = (performance.now() - begin) / 1000;
    // COPY doubles each backslash, of which there are few.
    if (bytes < copy.bytes * 0.95)
      throw new Error(`the download has ${bytes} bytes, the entries ${copy.bytes}`);
    return {
      bytes,
      seconds,
      copySeconds: copy.seconds,
      memoryBytes: most - before,
    };
  } finally {
    clearInterval(timer);
  }
}

export async function download(url: string): Promise<number> {
  const { statusCode, body } = await request(url);
  if (statusCode !== 200) throw new Error(`the download was answered ${statusCode}`);
  let bytes = 0;
  for await (const piece of body) bytes += piece.length;
  return bytes;
}

async function measureCopy(pool: pg.Pool, id: string) {
  const client = await pool.connect();
  try {
    const begin = performance.now();
    const stream = client.query(
      copyTo(
        `COPY (SELECT entries FROM json_chunks WHERE campaign_id = '${id}' ORDER BY last_sequence) TO STDOUT`,
      ),
    );
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    return { bytes, seconds: (performance.now() - begin) / 1000 };
  } finally {
    client.release();
  }
}
