// Campaigns in a database of the test's own, with as little as a test needs.
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import {
  type CampaignStates,
  type Chunk,
  type ChunkReader,
  type ChunkWriter,
  campaignMigrations,
  createCampaignStates,
  createChunkReader,
  createChunkWriter,
  createOwnership,
  type Ownership,
  packEntries,
  type RunPlan,
} from '../src/index.ts';

export interface TestCampaigns {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly states: CampaignStates;
  readonly ownership: Ownership;
  readonly writer: ChunkWriter;
  readonly reader: ChunkReader;
  /** A draft; returns its id. */
  create(): Promise<string>;
  /** One that generates; claimed by nobody. */
  start(plan?: Partial<RunPlan>): Promise<string>;
  row(id: string): Promise<Record<string, unknown>>;
  ask(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openTestCampaigns(leaseMs = 60_000): Promise<TestCampaigns> {
  const database = await createTestDatabase(campaignMigrations);
  const pool = new pg.Pool({ connectionString: database.url, max: 20 });
  pool.on('error', () => {});
  return {
    ...useCampaigns(pool, database.url, leaseMs),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

/** Those of a database that somebody else opened, and closes. */
export function useCampaigns(pool: pg.Pool, databaseUrl: string, leaseMs = 60_000): TestCampaigns {
  const states = createCampaignStates(pool);
  const ask = async (statement: string, values: unknown[] = []) => (await pool.query(statement, values)).rows;
  const create = async () => {
    const [row] = await ask(
      `INSERT INTO campaigns (id, number, name, target_url, requests_per_minute, duration_minutes, geo_locations,
         rtb_config, config, user_profile_ids, profile_user_counts, user_agents, referrers, campaign_referrers)
       SELECT 'session_' || n, n, 'Test', 'https://shop.example', 600, 1, '[]', '{}', '{}', '[]', '{}', '[]', '[]', '{}'
       FROM nextval('campaign_number') AS n RETURNING id`,
    );
    return String(row?.id);
  };
  return {
    databaseUrl,
    pool,
    states,
    ownership: createOwnership(pool, { leaseMs }),
    writer: createChunkWriter(pool),
    reader: createChunkReader(pool),
    ask,
    create,
    async start(plan = {}) {
      const id = await create();
      await states.change(id, 'running', 'test');
      await states.start(id, toPlan(id, plan), 'test');
      return id;
    },
    row: async (id) => (await ask('SELECT * FROM campaigns WHERE id = $1', [id]))[0] ?? {},
    async close() {},
  };
}

export function toPlan(campaignId: string, plan: Partial<RunPlan> = {}): RunPlan {
  return {
    campaignId,
    campaignNumber: 1,
    targetUrl: 'https://shop.example',
    requestsPerMinute: 600,
    durationMinutes: 1,
    randomizeTiming: true,
    delivery: 'simulated',
    seed: 1,
    latencyMs: [50, 500],
    successRate: 0.85,
    profiles: [],
    geoLocations: ['United States'],
    rtbConfig: {},
    config: {},
    userProfileIds: [],
    profileUserCounts: {},
    userAgents: [],
    referrers: [],
    ...plan,
  };
}

export interface TestEntry {
  readonly sequence: number;
  readonly text: string;
  readonly success: boolean;
  readonly micros: number;
  readonly at: number;
  readonly geo_location: string;
}

export function toEntry(sequence: number): TestEntry {
  return {
    sequence,
    text: '"é😀\\',
    success: sequence % 3 !== 0,
    micros: 1000 + sequence * 7,
    at: 1_700_000_000_000 + sequence * 100,
    geo_location: `country ${sequence % 5}`,
  };
}

/** A chunk of `count` entries behind `last`; the run's slots are numbered as its entries are. */
export function toChunk(campaignId: string, epoch: number, last: number, count: number): Chunk {
  const entries = Array.from({ length: count }, (_, index) => toEntry(last + 1 + index));
  const locations = new Set(entries.map(({ geo_location }) => geo_location));
  return {
    campaignId,
    epoch,
    firstSequence: last + 1,
    lastSequence: last + count,
    entries: packEntries(JSON.stringify(entries)),
    lastEntry: JSON.stringify(entries.at(-1) ?? null),
    successfulRequests: entries.filter(({ success }) => success).length,
    responseTimeUs: entries.reduce((sum, { micros }) => sum + micros, 0),
    firstEntryAt: entries[0]?.at ?? 0,
    lastEntryAt: entries.at(-1)?.at ?? 0,
    nextSlot: last + count,
    sentRequests: 0,
    missedRequests: 0,
    newValues: [...locations].map((value) => ({ kind: 'geo_location', value })),
  };
}
