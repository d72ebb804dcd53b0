import type { BusOptions } from './bus.ts';
import type { EventBus } from './event-bus.ts';
import { createPostgresEventBus } from './event-bus-postgres.ts';
import { createRedisEventBus } from './event-bus-redis.ts';

export interface EventBusOptions extends BusOptions {
  /** Where it is set, the bus stands on Redis, else on PostgreSQL. */
  readonly redisUrl?: string | null | undefined;
  /** A database with `eventBusMigrations` applied; all processes of a bus must name the same one. */
  readonly databaseUrl?: string | null | undefined;
  /** The process, as the store shows it in its list of connections. */
  readonly name: string;
}

/**
 * Creates a bus. It connects in the background, by itself again and again, whether or not the store is there yet.
 * Throws a `TypeError` where a URL cannot be read, or none is given.
 */
export function createEventBus({ redisUrl, databaseUrl, ...options }: EventBusOptions): EventBus {
  if (redisUrl) return createRedisEventBus({ ...options, redisUrl });
  if (databaseUrl) return createPostgresEventBus({ ...options, databaseUrl });
  throw new TypeError('The event bus needs the URL of a Redis or of a PostgreSQL database.');
}
