// BullMQ's classes on either store, with our limits: a dead consumer's job comes back within 10 s, and nothing waits for ever.
import type { Job as BullJob, Processor, Queue, Worker } from 'bullmq';

export type { BullJob, Processor, Queue, Worker };

export interface Bull {
  createQueue(): Queue;
  createWorker(processor: Processor, concurrency: number): Worker;
}

/** Locks are renewed at half their time; stalled jobs are looked for as often. */
export const WORKER_LIMITS = {
  lockDuration: 4000,
  stalledInterval: 2000,
  /** A worker that dies is no fault of the job. */
  maxStalledCount: 1_000_000,
  drainDelay: 5,
  runRetryDelay: 500,
};

export const JOB_OPTIONS = { attempts: 3, removeOnComplete: true, removeOnFail: true };

export const CONNECT_TIMEOUT_MS = 2000;
export const COMMAND_TIMEOUT_MS = 3000;
