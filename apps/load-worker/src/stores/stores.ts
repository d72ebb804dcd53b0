// What a worker reads from and writes to: the campaigns' database, the queue and the bus.
import {
  CAMPAIGN_QUEUE,
  type CampaignLog,
  type ChunkWriter,
  createCampaignLog,
  createChunkWriter,
  createOwnership,
  type Ownership,
  type WakeUp,
} from '@trafficflux/campaigns';
import { createEventBus, type EventBus } from '@trafficflux/event-bus';
import { createJobQueue, type JobQueue } from '@trafficflux/job-queue';
import { createPool } from '@trafficflux/postgres';
import type { Logger, ReadinessCheck } from '@trafficflux/service-kit';
import type { Config } from '../config.ts';

export interface Stores {
  readonly ownership: Ownership;
  readonly chunks: ChunkWriter;
  readonly log: CampaignLog;
  readonly queue: JobQueue<WakeUp>;
  readonly bus: EventBus;
  /** Without queue and bus: what they carry only comes sooner. */
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  close(): Promise<void>;
}

const NAME = 'load-worker';

/** Opens the stores. Nothing waits for them: a worker whose stores are away starts, and goes on when they come. */
export function openStores({ database, platform, worker }: Config, logger: Logger): Stores {
  const { url: databaseUrl, poolSize, ...limits } = database;
  const pool = createPool({
    databaseUrl,
    name: NAME,
    size: poolSize,
    ...limits,
    settings: { jit: 'off' },
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
  });
  const queue = createJobQueue<WakeUp>({
    ...platform,
    name: CAMPAIGN_QUEUE,
    onError: (error) => logger.warn({ err: error }, 'the queue is away'),
  });
  const bus = createEventBus({
    ...platform,
    name: NAME,
    onError: (error) => logger.warn({ err: error }, 'the event bus is away'),
  });
  return {
    ownership: createOwnership(pool, { leaseMs: worker.leaseMs }),
    chunks: createChunkWriter(pool),
    log: createCampaignLog(pool, logger),
    queue,
    bus,
    readiness: { postgres: () => pool.query('SELECT 1') },
    async close() {
      await Promise.all([bus.close(), queue.close()]);
      await pool.end();
    },
  };
}
