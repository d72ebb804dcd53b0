/**
 * Entries stored per second: by one load worker end to end, without the fence, and by COPY, of the same entries' JSON as
 * well as of the rows that the worker writes.
 */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Chunk,
  type ChunkWriter,
  createCampaignStates,
  createChunkWriter,
  createOwnership,
} from '@trafficflux/campaigns';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ENTRIES_PER_CHUNK, makeChunks } from './chunks.ts';
import { CREATE_JSON_CHUNKS, toCopyLine, toJsonLine } from './json-chunks.ts';
import type { Platform } from './platform.ts';

export interface Stored {
  readonly workerPerSecond: number;
  readonly copyPerSecond: number;
  readonly copyPackedPerSecond: number;
  readonly fencedPerSecond: number;
  readonly plainPerSecond: number;
}

/** Twelve million a minute: more than any worker makes, so that it never waits. */
const UNPACED = 12_000_000;
/** For COPY, and for the writers with and without fence. */
const SAMPLE_CHUNKS = 100;

/** The rows of chunks, without their campaign; and with entries as json, which is what somebody would store at first. */
const PREPARE = `
${CREATE_JSON_CHUNKS}
CREATE TABLE IF NOT EXISTS copied (LIKE chunks INCLUDING ALL);
CREATE TABLE IF NOT EXISTS counted (LIKE campaigns INCLUDING ALL);
TRUNCATE json_chunks, copied, counted;`;

export async function measureStoring(platform: Platform, seconds: number): Promise<Stored> {
  await platform.pool.query(PREPARE);
  const owner = await own(platform);
  const chunks = takeSome(makeChunks(owner), SAMPLE_CHUNKS);
  const entries = SAMPLE_CHUNKS * ENTRIES_PER_CHUNK;
  const copyMs = await measureCopy(platform.pool, 'json_chunks', chunks.map(toJsonLine));
  const copyPackedMs = await measureCopy(platform.pool, 'copied', chunks.map(toPackedLine));
  const [fencedMs, plainMs] = await measureWriters(platform.pool, owner.plan.campaignId, chunks);
  await endRun(platform, owner.plan.campaignId);
  return {
    workerPerSecond: await measureWorker(platform, seconds),
    copyPerSecond: (entries / copyMs) * 1000,
    copyPackedPerSecond: (entries / copyPackedMs) * 1000,
    fencedPerSecond: (entries / fencedMs) * 1000,
    plainPerSecond: (entries / plainMs) * 1000,
  };
}

/** Chunk by chunk in turns, so that whatever else the machine does meets both. */
async function measureWriters(pool: pg.Pool, id: string, chunks: readonly Chunk[]) {
  await pool.query('TRUNCATE copied');
  await pool.query('INSERT INTO counted SELECT * FROM campaigns WHERE id = $1', [id]);
  const writer = createChunkWriter(pool);
  let [fencedMs, plainMs] = [0, 0];
  for (const chunk of chunks) {
    fencedMs += await clock(() => writeFenced(writer, chunk));
    plainMs += await clock(() => pool.query({ name: 'plain', text: PLAIN, values: toPlainValues(chunk) }));
  }
  return [fencedMs, plainMs] as const;
}

async function clock(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function writeFenced(writer: ChunkWriter, chunk: Chunk): Promise<void> {
  const outcomes = await writer.write([chunk]);
  if (outcomes.get(chunk.campaignId) !== 'written') throw new Error('a chunk was not written');
}

async function own(platform: Platform) {
  const id = await platform.addRun({});
  // A worker may have been faster; then the run is taken from it.
  const owned = await createOwnership(platform.pool, { leaseMs: 600_000 }).claim(id, 'bench');
  if (owned === null) throw new Error('the run has another owner');
  return { plan: owned.plan, epoch: owned.epoch };
}

/** Chunks of 500, as they come: whatever the worker has it writes. */
async function measureWorker(platform: Platform, seconds: number): Promise<number> {
  const worker = await platform.start('load-worker', '0');
  try {
    const id = await platform.addRun({ requestsPerMinute: UNPACED, latencyMs: [0, 0] });
    while ((await countStored(platform.pool, id)) === 0) await wait(50);
    const [before, begin] = [await countStored(platform.pool, id), performance.now()];
    await wait(seconds * 1000);
    const [after, end] = [await countStored(platform.pool, id), performance.now()];
    await endRun(platform, id);
    return ((after - before) / (end - begin)) * 1000;
  } finally {
    await worker.stop();
  }
}

async function countStored(pool: pg.Pool, id: string): Promise<number> {
  const { rows } = await pool.query('SELECT last_sequence::float8 AS last FROM campaigns WHERE id = $1', [
    id,
  ]);
  return rows[0].last;
}

async function endRun({ pool }: Platform, id: string): Promise<void> {
  await createCampaignStates(pool).change(id, 'stopped', 'bench');
  await pool.query('DELETE FROM chunks WHERE campaign_id = $1', [id]);
  await pool.query('VACUUM chunks, campaigns');
}

/** One COPY, on one connection. */
async function measureCopy(pool: pg.Pool, table: string, lines: readonly Buffer[]): Promise<number> {
  const client = await pool.connect();
  try {
    const begin = performance.now();
    const copy = client.query(
      copyFrom(
        `COPY ${table} (campaign_id, last_sequence, first_sequence, epoch, bytes, entries) FROM STDIN`,
      ),
    );
    await pipeline(Readable.from(lines, { objectMode: false }), copy);
    return performance.now() - begin;
  } finally {
    client.release();
  }
}

function toPackedLine(chunk: Chunk): Buffer {
  return toCopyLine(chunk, `\\\\x${chunk.entries.stored.toString('hex')}`);
}

/** What somebody would do who trusts that each chunk comes once, in order, from one writer: store it and count. */
const PLAIN = `
WITH stored AS (
  INSERT INTO copied (campaign_id, last_sequence, first_sequence, epoch, bytes, entries)
  VALUES ($1, $2, $3, $4, $5, $6)
)
UPDATE counted SET last_sequence = $2, last_entry = $7, next_slot = $2,
  successful_requests = successful_requests + $8, response_time_us = response_time_us + $9,
  last_entry_at = to_timestamp($10::float8 / 1000)
WHERE id = $1`;

function toPlainValues(chunk: Chunk): unknown[] {
  const { campaignId, firstSequence, lastSequence, epoch, entries, lastEntry } = chunk;
  const { successfulRequests, responseTimeUs, lastEntryAt } = chunk;
  return [
    campaignId,
    lastSequence,
    firstSequence,
    epoch,
    entries.bytes,
    entries.stored,
    lastEntry,
    successfulRequests,
    responseTimeUs,
    lastEntryAt,
  ];
}

function takeSome<Value>(values: Iterator<Value>, count: number): Value[] {
  return Array.from({ length: count }, () => values.next().value as Value);
}
