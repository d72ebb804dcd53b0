/** The queue as its users see it, on whichever store they named. */
import { type Adder, createAdder } from './adder.ts';
import { createConsumer } from './consumer.ts';
import {
  type JobConsumer,
  type JobHandler,
  type JobQueue,
  type JobQueueOptions,
  type Json,
  QueueError,
} from './job-queue.ts';
import { openBull } from './open-bull.ts';

const MAX_WAITING = 100_000;
const JOB_ID = /^[A-Za-z0-9_.-]{1,200}$/;
const MAX_DATA_BYTES = 64 * 1024;
const QUIET_MS = 1000;

/** Opens a queue on Redis if `redisUrl` is set, else on PostgreSQL. It connects when it is first used, again and again. */
export function createJobQueue<Data extends Json>(options: JobQueueOptions): JobQueue<Data> {
  const bull = openBull(options);
  const onError = atMostOnceASecond(options.onError);
  const adder: Adder = createAdder(bull, {
    name: options.name,
    maxWaiting: options.maxWaiting ?? MAX_WAITING,
    onError,
  });
  const consumers = new Set<JobConsumer>();
  return {
    async add(id, data) {
      if (!JOB_ID.test(id))
        throw new QueueError('BAD_JOB', `A job cannot have the id ${JSON.stringify(id)}.`);
      if (Buffer.byteLength(JSON.stringify(data)) > MAX_DATA_BYTES)
        throw new QueueError('BAD_JOB', `A job carries at most ${MAX_DATA_BYTES} bytes.`);
      return await adder.add(id, data);
    },
    consume(handler: JobHandler<Data>, { concurrency = 1 } = {}) {
      const consumer = createConsumer(bull, (job) => handler({ ...job, data: job.data as Data }), {
        concurrency,
        onError,
      });
      consumers.add(consumer);
      return consumer;
    },
    counts: () => adder.counts(),
    async ping() {
      await adder.counts();
    },
    bull: () => adder.queue(),
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      await adder.close();
    },
  };
}

function atMostOnceASecond(onError: ((error: Error) => void) | undefined): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    onError?.(error);
  };
}
