// GET /api/traffic/health: whether campaigns can be run and stored, and what runs (H12).
import type { Ownership } from '@trafficflux/campaigns';
import type { PrismaClient } from '@trafficflux/campaigns/prisma';
import { describeDatabaseError } from '@trafficflux/postgres';
import { AppError } from '@trafficflux/service-kit';
import type { TrafficRepository, TrafficRow } from './repository.ts';

export interface HealthOptions {
  readonly prisma: PrismaClient;
  readonly traffic: Pick<TrafficRepository, 'listActive'>;
  readonly ownership: Pick<Ownership, 'listWorkers'>;
  /** Rejects when the queue is away. */
  readonly pingQueue: () => Promise<void>;
}

/** @throws {AppError} `internal`, as documented, when nothing can be stored */
export async function readHealth(options: HealthOptions) {
  const [isQueueThere, store] = await Promise.all([isThere(options.pingQueue), readStore(options)]);
  const { place, active, workers } = store;
  return {
    success: true as const,
    status: 'healthy' as const,
    message: 'Traffic generation service is healthy',
    data: {
      traffic_data_dir: place,
      timestamp: new Date().toISOString(),
      active_campaigns: active.map(({ id }) => id),
      campaign_stats: Object.fromEntries(active.map((row) => [row.id, toCounts(row)])),
      total_active_campaigns: active.length,
      worker: workers[0]?.name ?? null,
      workers: workers.length,
      queue: isQueueThere ? ('available' as const) : ('unavailable' as const),
      system_info: toSystemInfo(),
    },
  };
}

async function readStore({ prisma, traffic, ownership }: HealthOptions) {
  try {
    const [place, active, workers] = await Promise.all([
      findPlace(prisma),
      traffic.listActive(),
      ownership.listWorkers(),
    ]);
    return { place, active, workers };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unhealthy('Traffic data store not reachable: PostgreSQL does not answer', error);
  }
}

/** Where entries are, without the name and the password of whoever may read them there. */
async function findPlace(prisma: PrismaClient): Promise<string> {
  const rows = await prisma.$queryRaw<{ name: string; isReadOnly: boolean }[]>`
    SELECT current_database() AS name, current_setting('transaction_read_only') = 'on' AS "isReadOnly"`;
  const [database] = rows;
  if (database === undefined || database.isReadOnly)
    throw unhealthy('Traffic data store not writable: the database is read-only', undefined);
  return `postgresql:${database.name}/chunks`;
}

/** The cause is for the log; as it was thrown, it would be taken for a 503. */
function unhealthy(message: string, cause: unknown): AppError {
  return new AppError('internal', message, {
    details: { status: 'unhealthy' },
    cause: new Error(cause === undefined ? message : describeDatabaseError(cause)),
  });
}

async function isThere(ping: () => Promise<void>): Promise<boolean> {
  return ping().then(
    () => true,
    () => false,
  );
}

function toCounts(row: TrafficRow) {
  return {
    total_requests: Number(row.lastSequence),
    successful_requests: Number(row.successfulRequests),
    last_updated: row.lastEntryAt?.toISOString() ?? null,
  };
}

function toSystemInfo() {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    node_version: process.version,
    platform: process.platform,
    // Entries are rows: no file bounds them.
    max_file_size: Number.MAX_SAFE_INTEGER,
    memory: { rss_bytes: rss, heap_used_bytes: heapUsed },
  };
}
