// BullMQ on PostgreSQL: its tables in a schema of their own, beside those of the bus.
import { parseDatabaseUrl } from '@trafficflux/postgres';
import { createPostgresBackend, type Processor, withBackend } from 'bullmq';
import {
  type Bull,
  COMMAND_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  JOB_OPTIONS,
  type Queue,
  WORKER_LIMITS,
  type Worker,
} from './bull.ts';

export const SCHEMA = 'bullmq';
const POOL_SIZE = 4;

export function openPostgresBull(name: string, databaseUrl: string): Bull {
  const classes = withBackend(createPostgresBackend);
  const connection = {
    connectionString: parseDatabaseUrl(databaseUrl).href,
    schema: SCHEMA,
    application_name: `queue ${name}`,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: COMMAND_TIMEOUT_MS,
    // A server that stalls answers nothing at all: without this limit of our own the query would wait for ever.
    query_timeout: COMMAND_TIMEOUT_MS + 500,
    keepAlive: true,
  };
  return {
    createQueue: () =>
      new classes.Queue(name, { connection, defaultJobOptions: JOB_OPTIONS }) as unknown as Queue,
    createWorker: (processor: Processor, concurrency) =>
      new classes.Worker(name, processor, {
        ...WORKER_LIMITS,
        connection,
        concurrency,
        autorun: false,
      }) as unknown as Worker,
  };
}
