// BullMQ on the store that was named: Redis before PostgreSQL.
import type { Bull } from './bull.ts';
import { openPostgresBull } from './bull-postgres.ts';
import { openRedisBull } from './bull-redis.ts';
import type { JobQueueOptions } from './job-queue.ts';

export function openBull({ name, redisUrl, databaseUrl }: JobQueueOptions): Bull {
  if (redisUrl !== null && redisUrl !== undefined) return openRedisBull(name, redisUrl);
  if (databaseUrl !== null && databaseUrl !== undefined) return openPostgresBull(name, databaseUrl);
  throw new TypeError('A job queue needs redisUrl or databaseUrl.');
}
