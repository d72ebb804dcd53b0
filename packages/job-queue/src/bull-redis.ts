// BullMQ on Redis.
import { type IRedisClient, type Processor, Queue, Worker } from 'bullmq';
import {
  type Bull,
  type Closable,
  COMMAND_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  EVENTS,
  JOB_OPTIONS,
  WORKER_LIMITS,
} from './bull.ts';

/** Keys are shared by all who use the server. */
const PREFIX = 'trafficflux';
const LONGEST_PAUSE_MS = 1000;
const GOODBYE_MS = 200;
/** Longer than the worker's wait for a job, in which Redis says nothing. */
const SILENCE_MS = WORKER_LIMITS.drainDelay * 1000 + COMMAND_TIMEOUT_MS;

/** Throws a `TypeError`, whose sentence never repeats the URL, if that is none of Redis. */
export function openRedisBull(name: string, redisUrl: string): Bull {
  const shared = {
    url: parseRedisUrl(redisUrl),
    family: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
    // After a fail-over the server is there, and takes nothing more: the name now leads to another (F62).
    reconnectOnError: (error: Error) => (error.message.includes('READONLY') ? 2 : false),
    connectionName: name,
  } as const;
  // Who adds a job wants to hear soon that Redis is away; who waits for one goes on waiting until it is back.
  const asking = { ...shared, commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1 };
  const waiting = { ...shared, socketTimeout: SILENCE_MS, maxRetriesPerRequest: null };
  const common = { prefix: PREFIX, streams: EVENTS };
  return {
    title: 'Redis',
    createQueue: () =>
      toClosable(new Queue(name, { ...common, connection: asking, defaultJobOptions: JOB_OPTIONS })),
    createWorker: (processor: Processor, concurrency) =>
      toClosable(
        new Worker(name, processor, {
          ...common,
          ...WORKER_LIMITS,
          connection: waiting,
          concurrency,
          autorun: false,
        }),
      ),
  };
}

function parseRedisUrl(text: string): string {
  const url = text.trim();
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url))
    throw new TypeError('The Redis URL must look like redis://:password@host:6379.');
  return url;
}

function toClosable<Part extends Queue | Worker>(part: Part): Closable<Part> {
  const { client, blockingClient } = part.getBackend();
  const destroy = () => {
    for (const connection of [client, blockingClient]) connection?.then(end).catch(() => {});
  };
  return { part, destroy };
}

/** Between two attempts to connect, ioredis calls the next one off and never says that it has ended: so one is made. */
async function end(client: IRedisClient): Promise<void> {
  client.disconnect();
  if (client.status !== 'reconnecting') return;
  await client.connect();
  client.disconnect();
}
