// BullMQ on Redis.
import { type Processor, Queue, Worker } from 'bullmq';
import { type Bull, COMMAND_TIMEOUT_MS, CONNECT_TIMEOUT_MS, JOB_OPTIONS, WORKER_LIMITS } from './bull.ts';

const LONGEST_PAUSE_MS = 1000;

export function openRedisBull(name: string, url: string): Bull {
  const shared = {
    url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
    connectionName: name,
  };
  // Who adds a job wants to hear soon that Redis is away; who waits for one goes on waiting until it is back.
  const asking = { ...shared, commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1 };
  const waiting = { ...shared, maxRetriesPerRequest: null };
  return {
    createQueue: () => new Queue(name, { connection: asking, defaultJobOptions: JOB_OPTIONS }),
    createWorker: (processor: Processor, concurrency) =>
      new Worker(name, processor, { ...WORKER_LIMITS, connection: waiting, concurrency, autorun: false }),
  };
}
