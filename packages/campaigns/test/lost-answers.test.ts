// Writes whose fate is unknown: the database has committed, and its answer never arrives.
import { createPool } from '@trafficflux/postgres';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ChunkWriter, createChunkWriter, createOwnership, type Ownership } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk } from './campaigns.ts';
import { type LossyWay, openLossyWay } from './lost-answers.ts';
import { expectPath, expectWhole } from './whole.ts';

let campaigns: TestCampaigns;
let way: LossyWay;
let pool: pg.Pool;
let writer: ChunkWriter;
let ownership: Ownership;
let id: string;
let epoch: number;

beforeAll(async () => {
  campaigns = await openTestCampaigns();
  way = await openLossyWay(campaigns.databaseUrl);
  pool = createPool({ databaseUrl: way.url, name: 'lossy' });
  writer = createChunkWriter(pool);
  ownership = createOwnership(pool);
});
afterAll(async () => {
  await pool.end();
  await way[Symbol.asyncDispose]();
  await campaigns.close();
});
beforeEach(async () => {
  id = await campaigns.start();
  epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
  await writer.write([toChunk(id, epoch, 0, 4)]);
});

test('a chunk whose answer was lost is looked up, and stored once', async () => {
  const before = way.lost;
  way.lose(1);
  expect(await writer.write([toChunk(id, epoch, 4, 6)])).toEqual(new Map([[id, 'written']]));
  expect(way.lost).toBe(before + 1);
  expect(await campaigns.row(id)).toMatchObject({ last_sequence: '10' });
  await expectWhole(campaigns, id);
});

test('a write that cannot even be looked up rejects, and is stored once when it is tried again', async () => {
  const chunk = toChunk(id, epoch, 4, 6);
  const idle: typeof chunk = {
    ...toChunk(id, epoch, 10, 0),
    nextSlot: 20,
    sentRequests: 3,
    missedRequests: 7,
    newValues: [],
  };
  for (const each of [chunk, idle]) {
    way.lose(2);
    await expect(writer.write([each])).rejects.toThrow();
    expect(await writer.write([each])).toEqual(new Map([[id, 'written']]));
  }
  expect(await campaigns.row(id)).toMatchObject({
    last_sequence: '10',
    next_slot: '20',
    sent_requests: '3',
    missed_requests: '7',
  });
  await expectWhole(campaigns, id);
});

test('a chunk that was stored before a pause is not called fenced after it', async () => {
  const chunk = toChunk(id, epoch, 4, 6);
  way.lose(2);
  await expect(writer.write([chunk])).rejects.toThrow();
  await campaigns.states.change(id, 'paused', 'api');
  expect(await writer.write([chunk])).toEqual(new Map([[id, 'written']]));
  expect(await writer.write([toChunk(id, epoch, 10, 1)])).toEqual(new Map([[id, 'fenced']]));
  await expectWhole(campaigns, id);
});

test('a claim whose answer was lost is free again when its lease is over', async () => {
  const other = await campaigns.start();
  way.lose(1);
  await expect(ownership.claim(other, 'one')).rejects.toThrow();
  expect(await ownership.claim(other, 'one')).toBeNull();
  await campaigns.ask('UPDATE campaigns SET lease_until = now() WHERE id = $1', [other]);
  expect(await ownership.claim(other, 'one')).toMatchObject({ isTakeOver: true });
});

test('an end whose answer was lost is still its owner’s end', async () => {
  const run = { campaignId: id, epoch, worker: 'one' };
  way.lose(1);
  await expect(ownership.end(run, 'completed', null)).rejects.toThrow();
  expect(await ownership.end(run, 'completed', null)).toBe(true);
  expect(await ownership.end(run, 'error', 'Too late.')).toBe(false);
  await expectPath(campaigns, id);
  expect(await campaigns.row(id)).toMatchObject({ status: 'completed', error: null });
});
