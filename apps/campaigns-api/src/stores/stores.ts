// What the app reads from and writes to: the campaigns' database, the queue, the bus, and accounts where people log in.
import { PrismaPg } from '@prisma/adapter-pg';
import type { AccountStore } from '@trafficflux/accounts';
import { openAccounts } from '@trafficflux/accounts/open';
import {
  CAMPAIGN_QUEUE,
  type CampaignLog,
  type CampaignStates,
  type ChunkReader,
  createCampaignLog,
  createCampaignStates,
  createChunkReader,
  createOwnership,
  type Ownership,
  type WakeUp,
} from '@trafficflux/campaigns';
import { PrismaClient } from '@trafficflux/campaigns/prisma';
import { createEventBus, type EventBus } from '@trafficflux/event-bus';
import { createJobQueue, type JobQueue } from '@trafficflux/job-queue';
import { createPool } from '@trafficflux/postgres';
import type { Logger } from '@trafficflux/service-kit';
import type pg from 'pg';
import type { StoreConfig } from '../config.ts';

export interface Stores {
  readonly prisma: PrismaClient;
  /** The connections under Prisma, for what it does not do well. */
  readonly pool: pg.Pool;
  readonly states: CampaignStates;
  readonly chunks: ChunkReader;
  readonly ownership: Ownership;
  readonly queue: JobQueue<WakeUp>;
  readonly bus: EventBus;
  /** Null where nobody logs in. */
  readonly accounts: AccountStore | null;
  readonly log: CampaignLog;
  /** Rejects when the campaigns' database does not answer. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

const NAME = 'campaigns-api';

/** Opens the stores, without connecting: a service whose stores are away starts, and answers 503. */
export async function openStores(
  { database, platform, accounts }: StoreConfig,
  logger: Logger,
): Promise<Stores> {
  const people = accounts === null ? null : await openAccounts(accounts, NAME, logger);
  const { url: databaseUrl, poolSize, ...limits } = database;
  const pool = createPool({
    databaseUrl,
    name: NAME,
    size: poolSize,
    ...limits,
    settings: { jit: 'off' },
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
  });
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: limits.connectTimeoutMs, timeout: limits.statementTimeoutMs },
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
  const log = createCampaignLog(pool, logger);
  return {
    prisma,
    pool,
    states: createCampaignStates(pool),
    chunks: createChunkReader(pool),
    ownership: createOwnership(pool),
    queue,
    bus,
    accounts: people?.store ?? null,
    log,
    ping: () => pool.query('SELECT 1'),
    async close() {
      await log.settle();
      await Promise.all([bus.close(), queue.close(), people?.close(), prisma.$disconnect()]);
      await pool.end();
    },
  };
}
