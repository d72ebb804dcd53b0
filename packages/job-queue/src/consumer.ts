// The side of the queue that works jobs off. It connects by itself, again and again until the store is there.
import { setTimeout as delay } from 'node:timers/promises';
import { WaitingError } from 'bullmq';
import type { Bull, BullJob, Closable, Worker } from './bull.ts';
import { connect, disconnect } from './connection.ts';
import { toJob } from './envelope.ts';
import type { JobConsumer, JobHandler, Json } from './job-queue.ts';
import type { Trouble } from './trouble.ts';

const CONNECT_TIMEOUT_MS = 5000;
const TRY_AGAIN_MS = 500;

export interface ConsumerOptions {
  readonly concurrency: number;
  readonly trouble: Trouble;
}

export function createConsumer(
  bull: Bull,
  handler: JobHandler<Json>,
  { concurrency, trouble }: ConsumerOptions,
): JobConsumer {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let isPaused = false;
  let current: Closable<Worker> | undefined;
  const opening = open();

  async function open(): Promise<void> {
    while (!closing.signal.aborted) {
      const closable = bull.createWorker(work, concurrency);
      try {
        const worker = await connect(closable, CONNECT_TIMEOUT_MS, report);
        current = closable;
        if (isPaused) await worker.pause(true);
        else worker.run().catch(report);
        return;
      } catch (error) {
        report(error);
        await delay(TRY_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  async function work(job: BullJob, token?: string): Promise<void> {
    // BullMQ still takes the job for which it waited when the pause came: another may have it.
    if (isPaused || closing.signal.aborted) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const handled = handler(toJob(job));
    running.add(handled);
    try {
      await handled;
    } finally {
      running.delete(handled);
    }
  }

  /** What ends is expected to break off what it waits for. */
  function report(error: unknown): void {
    if (!closing.signal.aborted) trouble.report(error);
  }

  async function pause(): Promise<void> {
    isPaused = true;
    await current?.part.pause(true);
  }

  function resume(): void {
    isPaused = false;
    void current?.part.resume();
  }

  async function close(): Promise<void> {
    closing.abort();
    await opening;
    if (current === undefined) return;
    // It takes no further job from here on.
    current.part.close().catch(report);
    await Promise.allSettled(running);
    await disconnect(current);
  }

  return { pause, resume, close };
}
