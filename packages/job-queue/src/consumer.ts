// The side of the queue that works jobs off. It opens by itself, again and again until the store is there.
import { setTimeout as delay } from 'node:timers/promises';
import { WaitingError } from 'bullmq';
import { type Envelope, toId } from './adder.ts';
import type { Bull, BullJob, Worker } from './bull.ts';
import type { JobConsumer, JobHandler, Json } from './job-queue.ts';
import { within } from './within.ts';

const OPEN_TIMEOUT_MS = 5000;
const TRY_AGAIN_MS = 500;
const CLOSE_TIMEOUT_MS = 3000;

export function createConsumer(
  bull: Bull,
  handler: JobHandler<Json>,
  { concurrency, onError }: { concurrency: number; onError: (error: Error) => void },
): JobConsumer {
  const closing = new AbortController();
  let gate = Promise.withResolvers<void>();
  let isPaused = false;
  let worker: Worker | undefined;
  let begun = 0;
  gate.resolve();

  const process = async (job: BullJob, token?: string) => {
    // A job may have been taken just before the pause: it waits here, not begun, under its lock.
    while (isPaused && !closing.signal.aborted) await gate.promise;
    if (closing.signal.aborted) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    begun++;
    try {
      const { data } = job.data as Envelope;
      await handler({ id: toId(job), data, attempt: Math.max(1, job.attemptsStarted) });
    } finally {
      begun--;
    }
  };
  const open = async () => {
    while (!closing.signal.aborted) {
      const opened = bull.createWorker(process, concurrency);
      opened.on('error', onError);
      try {
        await within(OPEN_TIMEOUT_MS, opened.waitUntilReady());
        if (closing.signal.aborted) return await opened.close();
        worker = opened;
        if (isPaused) await opened.pause(true);
        opened.run().catch(onError);
        return;
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        opened.close(true).catch(() => {});
        await delay(TRY_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };
  const opening = open();
  return {
    async pause() {
      if (isPaused) return;
      isPaused = true;
      gate = Promise.withResolvers();
      await worker?.pause(true);
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      gate.resolve();
      worker?.resume();
    },
    async close() {
      closing.abort();
      gate.resolve();
      await opening;
      // From here on it takes no further job; those begun come to their end.
      const closed = worker?.close();
      while (begun > 0) await delay(10);
      if (closed !== undefined) await within(CLOSE_TIMEOUT_MS, closed).catch(onError);
    },
  };
}
