/** Everything that runs during a series: the stores, one campaigns API, and load workers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Queue } from '../arguments.ts';
import type { Violation } from '../invariants/violation.ts';
import { type ChaosPostgres, startChaosPostgres } from './postgres.ts';
import { type ChaosRedis, startChaosRedis } from './redis.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { createWorkers, type Workers } from './workers.ts';

export interface World extends AsyncDisposable {
  readonly postgres: ChaosPostgres;
  readonly redis: ChaosRedis | null;
  readonly api: ServiceProcess;
  readonly workers: Workers;
  /** Whether workers take jobs from it. */
  readonly isQueueServed: boolean;
  /** Holds the logs of all processes. */
  readonly folder: string;
  /** Processes that ended although nobody ended them, since the last call. */
  takeDeaths(): Violation[];
  /** Keeps the logs when all else is taken down. */
  keepLogs(): void;
}

/** The least that a worker takes: so that a seed is over soon. */
export const LEASE_MS = 500;
/** As many as most seeds ask for: no seed waits for what a series can have ready. */
const READY_WORKERS = 3;
/** Nothing listens there. */
const NOWHERE = 'redis://127.0.0.1:1';

/** Node keeps there what it has compiled: workers start all the time. It writes when a process ends well. */
const COMPILED = fileURLToPath(new URL('../../../.data/compiled', import.meta.url));

const source = (app: string, name: string) =>
  fileURLToPath(new URL(`../../../apps/${app}/src/${name}`, import.meta.url));

export async function startWorld(queue: Queue): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'trafficflux-chaos-'));
  let keepsLogs = false;
  stack.defer(() => {
    if (!keepsLogs) rmSync(folder, { recursive: true, force: true });
  });
  const postgres = stack.use(await startChaosPostgres());
  const redis = queue === 'postgres' ? null : await startChaosRedis();
  if (redis !== null) stack.use(redis);
  const deaths: Violation[] = [];
  const stores = { DATABASE_URL: postgres.url, PLATFORM_DATABASE_URL: postgres.url };
  const apiStores = { ...stores, ...(redis && { REDIS_URL: redis.url }) };
  const start = (name: string, app: string, environment: Record<string, string>) =>
    startService({
      name,
      file: source(app, 'main.ts'),
      environment: { NODE_COMPILE_CACHE: COMPILED, ...environment },
      logFile: join(folder, `${name}.log`),
      onDeath: (sentence) => deaths.push({ invariant: 'answers', campaignId: null, sentence }),
    });
  // The tables of the queue too, where it has some.
  await migrate(stores, join(folder, 'migrate.log'));
  // A busy machine must not look like a store that is away.
  const api = await start('campaigns-api', 'campaigns-api', { ...apiStores, SHED_EVENT_LOOP_DELAY_MS: '0' });
  const workerStores = queue === 'off' ? { ...stores, REDIS_URL: NOWHERE } : apiStores;
  const workers = createWorkers((name) =>
    start(name, 'load-worker', { ...workerStores, WORKER_NAME: name, LEASE_MS: String(LEASE_MS) }),
  );
  stack.defer(async () => {
    for (const worker of workers.all) worker.thaw();
    await Promise.all([api, ...workers.all].map((each) => each.end()));
  });
  await workers.resize(1);
  await workers.resize(0);
  await workers.resize(READY_WORKERS);
  const world = stack.move();
  return {
    postgres,
    redis,
    api,
    workers,
    isQueueServed: queue !== 'off',
    folder,
    takeDeaths: () => deaths.splice(0),
    keepLogs() {
      keepsLogs = true;
    },
    [Symbol.asyncDispose]: () => world.disposeAsync(),
  };
}

async function migrate(stores: Record<string, string>, logFile: string): Promise<void> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [source('campaigns-api', 'migrate.ts')], {
    env: { PATH: process.env.PATH, ...stores },
    stdio: ['ignore', log, log],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The migrations ended with ${code}: ${readFileSync(logFile, 'utf8')}`);
}
