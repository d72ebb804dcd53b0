// BullMQ's classes on either store, with our limits: a dead consumer's job comes back within 10 s, and nothing waits for ever.
import type { Job as BullJob, JobsOptions, Processor, Queue, Worker } from 'bullmq';

export type { BullJob, Processor, Queue, Worker };

export interface Bull {
  /** The store's name in sentences. */
  readonly title: string;
  createQueue(): Closable<Queue>;
  /** A worker that has not begun. */
  createWorker(processor: Processor, concurrency: number): Closable<Worker>;
}

/** A queue or a worker, and the end of its connections without the goodbye in which a stalled store takes no part. */
export interface Closable<Part extends Queue | Worker> {
  readonly part: Part;
  destroy(): void;
}

export const CONNECT_TIMEOUT_MS = 2000;
export const COMMAND_TIMEOUT_MS = 3000;

export const WORKER_LIMITS = {
  /** Renewed at half its time. */
  lockDuration: 3000,
  /** How often it is looked for jobs whose lock is over; where the one who looked last has died, up to twice as long. */
  stalledInterval: 1500,
  /** A worker that dies is no fault of the job. */
  maxStalledCount: 1_000_000,
  /** Seconds of waiting for a job; then it is looked for, whether or not the store has said that there is one. */
  drainDelay: 2,
  runRetryDelay: 500,
};

/** Nothing is kept: BullMQ ignores a new job with the id of one that it still has (F58). */
export const JOB_OPTIONS: JobsOptions = { attempts: 3, removeOnComplete: true, removeOnFail: true };

/** Nobody reads BullMQ's own events but who looks for trouble. */
export const EVENTS = { events: { maxLen: 1000 } };
