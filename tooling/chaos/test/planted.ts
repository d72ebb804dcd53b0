// A campaign as a worker leaves it, in real tables, into which a test plants what must be found.
import { fileURLToPath } from 'node:url';
import { migrate } from '@trafficflux/postgres';
import type pg from 'pg';
import { type ChaosPostgres, startChaosPostgres } from '../actors/postgres.ts';
import { type CampaignRecord, type Entry, readRecords } from '../invariants/record.ts';

const migrations = fileURLToPath(new URL('../../../packages/campaigns/prisma/migrations', import.meta.url));

export async function startMigratedPostgres(): Promise<ChaosPostgres> {
  const postgres = await startChaosPostgres();
  await migrate({ databaseUrl: postgres.url, folder: migrations });
  return postgres;
}

export interface Planted {
  readonly id: string;
  read(): Promise<CampaignRecord>;
  /** `$1` is the campaign's id. */
  run(sql: string, ...values: unknown[]): Promise<void>;
  addChunk(first: number, last: number, epoch: number): Promise<void>;
}

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
let count = 0;

export function toEntry(sequence: number): Entry {
  return {
    id: `entry-${sequence}`,
    sequence,
    slot: sequence - 1,
    timestamp: new Date(BEGIN + sequence * 10).toISOString(),
    success: sequence % 2 === 0,
    response_time: 10.25,
    geo_location: 'Germany',
    device_model: 'Pixel 8',
    ad_format: 'banner',
  };
}

/** Ran once to its end: 30 entries in chunks of 10, of epochs 3 and 4, and no slot missed. */
export async function plantCampaign(pool: pg.Pool): Promise<Planted> {
  const number = ++count;
  const id = `session_${number}`;
  const run = async (sql: string, ...values: unknown[]) => {
    await pool.query(sql, [id, ...values]);
  };
  await pool.query(
    `INSERT INTO campaigns (id, number, name, target_url, requests_per_minute, duration_minutes, geo_locations,
      rtb_config, config, user_profile_ids, profile_user_counts, user_agents, referrers, campaign_referrers,
      status, epoch, run, run_rate, run_slots, next_slot, last_sequence, successful_requests, response_time_us,
      first_entry_at, last_entry_at, last_entry)
    VALUES ($1, $2, 'planted', 'https://example.com', 6000, 0.005, '[]', '{}', '{}', '[]', '{}', '[]', '[]', '{}',
      'completed', 5, 1, 6000, 30, 30, 30, 15, 307500, $3, $4, $5)`,
    [id, number, toEntry(1).timestamp, toEntry(30).timestamp, JSON.stringify(toEntry(30))],
  );
  const change = (from: string, to: string, epoch: number) =>
    run(
      `INSERT INTO state_changes (campaign_id, from_status, to_status, epoch, changed_by) VALUES ($1, $2, $3, $4, 'test')`,
      from,
      to,
      epoch,
    );
  const addChunk = (first: number, last: number, epoch: number) => {
    const entries = Array.from({ length: last - first + 1 }, (_, index) => toEntry(first + index));
    const text = JSON.stringify(entries);
    return run(
      `INSERT INTO chunks (campaign_id, first_sequence, last_sequence, epoch, bytes, entries)
      VALUES ($1, $2, $3, $4, $5, convert_to($6, 'UTF8'))`,
      first,
      last,
      epoch,
      text.length,
      text,
    );
  };
  await change('draft', 'running', 1);
  await addChunk(1, 10, 3);
  await addChunk(11, 20, 3);
  await addChunk(21, 30, 4);
  await change('running', 'completed', 5);
  for (const [kind, value] of [
    ['geo_location', 'Germany'],
    ['device_model', 'Pixel 8'],
    ['ad_format', 'banner'],
  ])
    await run('INSERT INTO campaign_values (campaign_id, kind, value) VALUES ($1, $2, $3)', kind, value);
  return {
    id,
    run,
    addChunk,
    async read() {
      const [record] = await readRecords(pool, [id]);
      if (record === undefined) throw new Error(`${id} is gone`);
      return record;
    },
  };
}
