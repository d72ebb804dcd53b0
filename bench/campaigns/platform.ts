/** What the benchmark of campaigns runs on: PostgreSQL where this process runs, and services on cores of their own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createCampaignStates, type RunPlan } from '@trafficflux/campaigns';
import { startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import pg from 'pg';

export interface Service {
  readonly url: string;
  /** Resident bytes of the process. */
  readMemory(): number;
  stop(): Promise<void>;
}

export interface Platform {
  readonly databaseUrl: string;
  readonly platformUrl: string;
  readonly pool: pg.Pool;
  /** Starts the campaigns API or a load worker on the core. */
  start(app: 'campaigns-api' | 'load-worker', core: string): Promise<Service>;
  /** A campaign that generates by the plan; no worker has it yet. Resolves with its id. */
  addRun(plan: Partial<RunPlan>): Promise<string>;
  stop(): Promise<void>;
}

const PAGE_BYTES = 4096;

export async function startPlatform(folder: string): Promise<Platform> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  await postgres.createDatabase('campaigns');
  await postgres.createDatabase('platform');
  const [databaseUrl, platformUrl] = [postgres.url('campaigns'), postgres.url('platform')];
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: platformUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    SHED_EVENT_LOOP_DELAY_MS: '60000',
  };
  const services = new Set<Service>();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  pool.on('error', () => {});
  const stop = async () => {
    await Promise.all([...services].map((service) => service.stop()));
    await pool.end();
    await postgres.stop();
  };
  try {
    await runToEnd('apps/load-worker/src/migrate.ts', env);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    databaseUrl,
    platformUrl,
    pool,
    async start(app, core) {
      const service = await startService(app, core, env);
      services.add(service);
      return {
        ...service,
        stop: async () => {
          services.delete(service);
          await service.stop();
        },
      };
    },
    addRun: (plan) => addRun(pool, plan),
    stop,
  };
}

function source(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

async function runToEnd(script: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [source(script)], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${script} failed`);
}

async function startService(app: string, core: string, env: NodeJS.ProcessEnv): Promise<Service> {
  const child = spawn(process.execPath, [source(`apps/${app}/src/main.ts`)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await findUrl(child);
  spawnSync('taskset', ['-a', '-c', '-p', core, String(child.pid)]);
  return {
    url,
    readMemory: () => Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Reads on after the line was found, so that the service never waits for us. */
async function findUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (child.stdout === null) throw new Error('its output is not read');
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const url = /"urls":\["([^"]+)"/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  lines.on('close', () => reject(new Error('the service ended before it was ready')));
  return promise;
}

async function addRun(pool: pg.Pool, plan: Partial<RunPlan>): Promise<string> {
  const { rows } = await pool.query(
    `INSERT INTO campaigns (id, number, name, target_url, requests_per_minute, duration_minutes, geo_locations,
       rtb_config, config, user_profile_ids, profile_user_counts, user_agents, referrers, campaign_referrers)
     SELECT 'session_' || n, n, 'Bench', 'https://example.com/', 6000, NULL, '["United States"]', '{}', '{}', '[]',
       '{}', '[]', '[]', '{}'
     FROM nextval('campaign_number') AS n RETURNING id, number`,
  );
  const { id, number } = rows[0];
  const states = createCampaignStates(pool);
  await states.change(id, 'running', 'bench');
  await states.start(id, { ...toPlan(id, Number(number)), ...plan }, 'bench');
  return id;
}

/** As the campaigns API plans a campaign that says nothing but its target. */
export function toPlan(campaignId: string, campaignNumber: number): RunPlan {
  return {
    campaignId,
    campaignNumber,
    targetUrl: 'https://example.com/',
    requestsPerMinute: 6000,
    durationMinutes: null,
    randomizeTiming: false,
    delivery: 'simulated',
    seed: 1,
    latencyMs: [50, 50],
    successRate: 0.85,
    profiles: [],
    geoLocations: ['United States'],
    rtbConfig: {
      device_brand: 'samsung',
      device_models: [],
      ad_formats: [],
      app_categories: [],
      generate_adid: true,
      simulate_bid_requests: true,
    },
    config: {},
    userProfileIds: [],
    profileUserCounts: {},
    userAgents: [],
    referrers: [],
  };
}
