/** Jobs for load workers. Two sides keep this promise, both BullMQ: on Redis, or on PostgreSQL. */
import type { Queue } from 'bullmq';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

export interface Job<Data extends Json> {
  readonly id: string;
  readonly data: Data;
  /** 1 the first time; more after a worker that had it died. */
  readonly attempt: number;
}

/** `known`: a job with this id is waiting or being worked on already; nothing was added. */
export type AddOutcome = 'added' | 'known';

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** At least once: a job whose worker died comes back within 10 s. A job that is done or has failed for good is forgotten. */
export interface JobQueue<Data extends Json> {
  /**
   * Resolves when the store has taken the job. Ids are 1 to 200 characters of `[A-Za-z0-9_.-]`.
   *
   * @throws {QueueError} `UNAVAILABLE` within a few seconds when the store is away; `BAD_JOB`; `FULL` beyond `maxWaiting`
   */
  add(id: string, data: Data): Promise<AddOutcome>;
  /** Works jobs off until it is closed. The handler's rejection is a failed attempt: the job is tried 3 times in all. */
  consume(handler: JobHandler<Data>, options?: ConsumeOptions): JobConsumer;
  /** @throws {QueueError} `UNAVAILABLE` */
  counts(): Promise<JobCounts>;
  /** For readiness. @throws {QueueError} `UNAVAILABLE` */
  ping(): Promise<void>;
  /** BullMQ's own queue, for a board that shows it. @throws {QueueError} `UNAVAILABLE` */
  bull(): Promise<Queue>;
  close(): Promise<void>;
}

export type JobHandler<Data extends Json> = (job: Job<Data>) => Promise<void>;

export interface ConsumeOptions {
  /** Jobs at once (default 1). */
  readonly concurrency?: number;
}

/** Comes back by itself after the store was away. */
export interface JobConsumer {
  /** Resolves when no further job will be begun; those begun go on. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves when the jobs begun are done; jobs taken but not begun go back. */
  close(): Promise<void>;
}

export interface JobQueueOptions {
  readonly name: string;
  /** BullMQ on Redis if set. */
  readonly redisUrl?: string | null;
  /** Else BullMQ on PostgreSQL. */
  readonly databaseUrl?: string | null;
  /** Jobs that may wait (default 100,000). */
  readonly maxWaiting?: number;
  /** Told of trouble with the store, at most once a second. */
  readonly onError?: (error: Error) => void;
}

export type QueueProblem = 'UNAVAILABLE' | 'BAD_JOB' | 'FULL' | 'CLOSED';

export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: QueueProblem;

  constructor(code: QueueProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
