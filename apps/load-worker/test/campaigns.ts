// A database of campaigns for tests, with the shortest ways to begin a campaign and to see what came of it.
import {
  type CampaignStates,
  campaignMigrations,
  createCampaignStates,
  type RunPlan,
  unpackEntries,
} from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { createPool, migrate } from '@trafficflux/postgres';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import type pg from 'pg';
import { toPlan } from './plans.ts';

export interface StoredEntry {
  readonly id: string;
  readonly sequence: number;
  readonly slot: number;
  readonly timestamp: string;
  readonly started_at: string;
  readonly success: boolean;
  readonly status_code: number;
  readonly response_time: number;
  readonly response_size: number;
  readonly simulated: boolean;
  readonly error?: string | null;
}

export interface StoredChunk {
  readonly first: number;
  readonly last: number;
  readonly epoch: number;
  readonly entries: readonly StoredEntry[];
}

export interface CampaignRow {
  readonly status: string;
  readonly is_generating: boolean;
  readonly owner: string | null;
  readonly error: string | null;
  readonly epoch: number;
  readonly last_sequence: number;
  readonly successful_requests: number;
  readonly response_time_us: number;
  readonly missed_requests: number;
  readonly sent_requests: number;
  readonly next_slot: number;
  readonly elapsed_ms: number;
  readonly first_entry_at: Date | null;
  readonly last_entry_at: Date | null;
}

export interface Campaigns extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly states: CampaignStates;
  /** Creates a campaign, makes it `running` and starts a run; returns its id. */
  begin(plan?: Partial<RunPlan>): Promise<string>;
  row(id: string): Promise<CampaignRow>;
  chunks(id: string): Promise<StoredChunk[]>;
  entries(id: string): Promise<StoredEntry[]>;
  close(): Promise<void>;
}

/** Tables of campaigns, queue and bus in one database of its own. */
export async function createCampaigns(): Promise<Campaigns> {
  const database = await createTestDatabase(campaignMigrations, eventBusMigrations);
  await migrateJobQueue({ databaseUrl: database.url });
  return openCampaigns(database.url, () => database.drop());
}

/** The same in a database that belongs to the test. */
export async function createCampaignsIn(databaseUrl: string): Promise<Campaigns> {
  for (const folder of [campaignMigrations, eventBusMigrations]) await migrate({ databaseUrl, folder });
  await migrateJobQueue({ databaseUrl });
  return openCampaigns(databaseUrl, async () => {});
}

function openCampaigns(url: string, drop: () => Promise<void>): Campaigns {
  const pool = createPool({ databaseUrl: url, name: 'test', size: 4 });
  const states = createCampaignStates(pool);
  let count = 0;

  async function begin(plan: Partial<RunPlan> = {}): Promise<string> {
    const number = ++count;
    const campaignId = `session_${number}`;
    const whole = toPlan({ ...plan, campaignId, campaignNumber: number });
    await insertCampaign(pool, whole);
    await states.change(campaignId, 'running', 'test');
    const outcome = await states.start(campaignId, whole, 'test');
    if (outcome.kind !== 'started') throw new Error(`The campaign did not start: ${outcome.kind}.`);
    return campaignId;
  }

  async function chunks(id: string): Promise<StoredChunk[]> {
    const { rows } = await pool.query(
      `SELECT first_sequence::float AS first, last_sequence::float AS last, epoch::float AS epoch, bytes, entries AS stored
         FROM chunks WHERE campaign_id = $1 ORDER BY chunks.last_sequence`,
      [id],
    );
    return rows.map(({ bytes, stored, ...chunk }) => ({
      ...chunk,
      entries: JSON.parse(String(unpackEntries({ bytes, stored }))),
    }));
  }

  async function close(): Promise<void> {
    await pool.end();
    await drop();
  }

  return {
    url,
    pool,
    states,
    begin,
    async row(id) {
      const { rows } = await pool.query(
        `SELECT status, is_generating, owner, error, epoch::float, last_sequence::float,
                successful_requests::float, response_time_us::float, missed_requests::float,
                sent_requests::float, next_slot::float, elapsed_ms, first_entry_at, last_entry_at
           FROM campaigns WHERE id = $1`,
        [id],
      );
      return rows[0];
    },
    chunks,
    entries: async (id) => (await chunks(id)).flatMap(({ entries }) => entries),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function insertCampaign(pool: pg.Pool, plan: RunPlan): Promise<void> {
  await pool.query(
    `INSERT INTO campaigns (id, number, name, target_url, requests_per_minute, duration_minutes, geo_locations,
       rtb_config, config, user_profile_ids, profile_user_counts, user_agents, referrers, campaign_referrers)
     VALUES ($1, $2, 'test', $3, $4, $5, '[]', '{}', '{}', '[]', '{}', '[]', '[]', '{}')`,
    [plan.campaignId, plan.campaignNumber, plan.targetUrl, plan.requestsPerMinute, plan.durationMinutes],
  );
}
